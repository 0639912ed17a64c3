/** The outbox: what the bot says unasked, saved with the decision and delivered afterwards. */
export {
  claimDue,
  expireAllClaims,
  markDead,
  markFailed,
  markSent,
  markUncertain,
  nextDueInMs,
  type Transport,
} from './outbox/claims.ts';
export {
  enqueue,
  requeueDeadLetters,
  updateNotification,
  withdrawAllWaiting,
  withdrawNotification,
} from './outbox/enqueue.ts';
export type {
  ClaimedNotification,
  NewNotification,
  Notification,
  NotificationState,
  Recipient,
  SentMessage,
} from './outbox/notification.ts';
export {
  accountsInNotifications,
  countDeadLetters,
  countNotifications,
  countWebhookEvents,
  latestNotification,
  listDeadLetters,
  notificationByKey,
  notificationsAbout,
} from './outbox/queries.ts';
