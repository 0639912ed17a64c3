import { addedRootCredentials, immediateAlertFor, isRegression } from '../../../domain/change.ts';
import { countedList, truncateList } from '../../../domain/counted-list.ts';
import { credentialKindsText } from '../../../domain/judge/root-credentials.ts';
import {
  type AlertNotification,
  type AlertSummaryNotification,
  alertKey,
  alertSummaryKey,
  toShownMfaRemoval,
} from '../../../domain/notification.ts';
import { managementAccountIds } from '../../../store/accounts.ts';
import { NO_DECISIONS } from '../../../store/decision-cache.ts';
import { openMfaRemovals } from '../../../store/mfa-removals.ts';
import {
  accountsInNotifications,
  enqueue,
  type Notification,
  notificationsAbout,
  updateNotification,
} from '../../../store/outbox.ts';
import { openRecoveriesByAccount } from '../../../store/recovery-windows.ts';
import { changedAccountIds, type VerdictChange } from '../../../store/verdicts.ts';
import { findKnownOwner } from '../../owners/find-known-owner.ts';
import type { AccountView } from '../../shared/account-view.ts';
import { accountView } from '../../shared/account-view.ts';
import { alertChannels } from '../../shared/alert-channels.ts';
import {
  isCompliantOrNotApplicable,
  readViewsInTransaction,
} from '../../shared/read-views-in-transaction.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import type { ScanEffect } from './scan-effect.ts';

/** Alerts of one scan with a message of their own; the others are in one summary. */
const MAX_ALERTS = 10;
/** Accounts that the summary lists; the others are only counted. */
const MAX_SUMMARIZED = 50;

interface PendingAlert {
  readonly alarm: AlertNotification['alarm'];
  readonly change: VerdictChange;
  readonly view: AccountView;
}

/** Says in the channel at once what cannot wait for the digest: once for each shortfall, and when it is over. */
export const updateAlerts: ScanEffect = async (work, changes) => {
  const { tx, at } = work;
  const management = await managementAccountIds(tx);
  const possiblyResolved = changes.filter(
    ({ accountId, before, after }) =>
      after.rootCredentials === 'absent' ||
      (after.level1 !== 'fail' && (before?.level1 === 'fail' || management.has(accountId))),
  );
  await markResolvedAlerts(work, possiblyResolved);
  const candidates = changes.filter(
    ({ accountId, before, after }) =>
      isRegression(before, after) ||
      addedRootCredentials(before, after).length > 0 ||
      management.has(accountId),
  );
  const pending = await findAlerts(work, candidates);
  if (pending.length === 0) return;
  const sorted = pending.sort((a, b) => Number(isManagement(b)) - Number(isManagement(a)));
  await alertChannelsAbout(work, sorted);
  for (const { alarm, change, view } of sorted) {
    // Owners of accounts whose MFA was removed are asked whether it was them.
    const owner = isAboutCredentials(alarm) ? await findKnownOwner(tx, view) : undefined;
    if (!owner) continue;
    const payload: AlertNotification = { ...toAlertNotification(alarm, change, view), toOwner: true };
    const to = { kind: 'person', id: owner } as const;
    const key = `${alertKey(change.accountId, change.at)}/owner`;
    await enqueue(tx, { key, kind: payload.kind, to, about: [change.accountId], payload }, at);
  }
};

/** Enqueues the alerts for the channel of the company and for those of its parts, each with its own accounts. */
async function alertChannelsAbout(
  { tx, ctx, at }: UnitOfWork,
  alerts: readonly PendingAlert[],
): Promise<void> {
  const byChannel = new Map<string, PendingAlert[]>();
  let withoutChannel = 0;
  for (const alert of alerts) {
    const channels = alertChannels(ctx.channels, alert.view.account.orgUnit);
    if (channels.length === 0) withoutChannel += 1;
    for (const { id } of channels) byChannel.set(id, [...(byChannel.get(id) ?? []), alert]);
  }
  if (withoutChannel > 0) ctx.log.warn({ accounts: withoutChannel }, 'Alerts have no channel to go to');

  const removals = await openMfaRemovals(
    tx,
    alerts.map(({ change }) => change.accountId),
  );
  for (const [id, theirs] of byChannel) {
    const to = { kind: 'channel', id } as const;
    const keyFor = (key: string) => (id === ctx.channels.digest ? key : `${key}/${id}`);
    for (const { alarm, change, view } of theirs.slice(0, MAX_ALERTS)) {
      const removal = alarm === 'regression' ? removals.get(change.accountId) : undefined;
      const payload: AlertNotification = {
        ...toAlertNotification(alarm, change, view),
        ...(removal && { removal: toShownMfaRemoval(removal) }),
      };
      const key = keyFor(alertKey(change.accountId, change.at));
      await enqueue(tx, { key, kind: payload.kind, to, about: [change.accountId], payload }, at);
    }
    if (theirs.length > MAX_ALERTS) {
      const payload = summaryOf(theirs.slice(MAX_ALERTS), at);
      const about = payload.accounts.items.map((one) => one.id);
      await enqueue(tx, { key: keyFor(alertSummaryKey(at)), kind: payload.kind, to, about, payload }, at);
    }
  }
}

function summaryOf(alerts: readonly PendingAlert[], at: Date): AlertSummaryNotification {
  const accounts = alerts.map(({ alarm, view: { account } }) => ({
    id: account.id,
    name: account.name,
    alarm,
  }));
  return {
    kind: 'alert-summary',
    accounts: truncateList(countedList(accounts), MAX_SUMMARIZED),
    since: at.toISOString(),
  };
}

async function findAlerts(work: UnitOfWork, changes: readonly VerdictChange[]): Promise<PendingAlert[]> {
  const ids = changedAccountIds(changes);
  const views = await readViewsInTransaction(work, ids);
  // A window that is over and not closed yet still counts: what is left is in the alert of its end.
  const windows = await openRecoveriesByAccount(work.tx, ids);
  return changes.flatMap((change) => {
    const view = views.get(change.accountId);
    const inWindow = windows.get(change.accountId)?.state === 'granted';
    const alarm = view && alertReasonFor(work, change, { view, inWindow });
    return alarm ? [{ alarm, change, view }] : [];
  });
}

function alertReasonFor(
  { ctx: { config }, at }: UnitOfWork,
  { before, after }: VerdictChange,
  { view, inWindow }: { readonly view: AccountView; readonly inWindow: boolean },
): AlertNotification['alarm'] | undefined {
  const previousCompliance =
    before &&
    accountView({ ...view.account, verdict: before }, { config, decisions: NO_DECISIONS }, at).compliance;
  return immediateAlertFor({
    managementAccount: view.account.managementAccount,
    before: before && previousCompliance ? { compliance: previousCompliance, verdict: before } : null,
    after: { compliance: view.compliance, verdict: after },
    credentialsForbidden: view.required.rootCredentials === 'forbidden' && !inWindow,
  });
}

function toAlertNotification(
  alarm: PendingAlert['alarm'],
  { before, after, at }: VerdictChange,
  view: AccountView,
): AlertNotification {
  const { id, name, managementAccount } = view.account;
  return {
    kind: 'alert',
    alarm,
    account: { id, name, managementAccount },
    owner: view.owner?.identifier ?? null,
    was: before?.mfa ?? null,
    mfa: after.mfa,
    why: isAboutCredentials(alarm) ? credentialsText(alarm, before, after) : after.why,
    since: at.toISOString(),
  };
}

function isAboutCredentials(alarm: AlertNotification['alarm']): boolean {
  return alarm === 'credentials-returned' || alarm === 'credentials-added';
}

function credentialsText(
  alarm: AlertNotification['alarm'],
  before: VerdictChange['before'],
  after: VerdictChange['after'],
): string {
  const added = addedRootCredentials(before, after);
  return alarm === 'credentials-added'
    ? `New: ${credentialKindsText(added)}. ${after.rootCredentialsWhy}`
    : after.rootCredentialsWhy;
}

function isManagement({ view }: PendingAlert): boolean {
  return view.account.managementAccount;
}

/** The alerts of accounts that have MFA again, or are otherwise in order, say so. */
async function markResolvedAlerts(work: UnitOfWork, changes: readonly VerdictChange[]): Promise<void> {
  const { tx, at } = work;
  const alerted = await accountsInNotifications(tx, changedAccountIds(changes), ['alert']);
  const views = await readViewsInTransaction(work, [...alerted]);
  for (const id of alerted) {
    const view = views.get(id);
    for (const alert of (await notificationsAbout(tx, id)).filter(isAlert)) {
      if (alert.payload.fixedAt) continue;
      const { alarm } = alert.payload;
      const isRemoval = alarm === 'regression' || alarm === 'removal-denied';
      const isResolved = isRemoval || (view && isCompliantOrNotApplicable(view));
      if (isResolved)
        await updateNotification(tx, alert.key, { ...alert.payload, fixedAt: at.toISOString() });
    }
  }
}

function isAlert(notification: Notification): notification is Notification<AlertNotification> {
  return notification.kind === 'alert';
}
