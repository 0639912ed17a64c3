import { webhookRetryDelayMs } from '../../domain/webhooks/retry.ts';
import type { Database } from '../../store/database.ts';
import { type ClaimedNotification, markDead, markFailed, markSent } from '../../store/outbox.ts';
import type { WebhookSender } from '../../webhooks/sender.ts';
import type { Log } from '../shared/context.ts';
import type { WebhookNotification } from './enqueue-webhook-event.ts';

export interface DeliverWebhookOptions {
  readonly db: Database;
  readonly sender: Pick<WebhookSender, 'send'>;
  readonly now: () => Date;
  /** The clock of claims where time is simulated; by default the database's. */
  readonly claimClock?: (() => Date) | undefined;
  readonly log: Log;
  readonly instance: string;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** How an attempt ended; `lost`: another instance has taken over. */
export type WebhookDeliveryOutcome = 'sent' | 'failed' | 'dead' | 'lost';

/** Makes one attempt to deliver a claimed event, and saves how it ended. It is retried for a day, then given up. */
export async function deliverWebhook(
  options: DeliverWebhookOptions,
  notification: ClaimedNotification,
  signal?: AbortSignal,
): Promise<WebhookDeliveryOutcome> {
  const { db, sender, now, claimClock, log, instance, random = Math.random } = options;
  const { key, to, attempts } = notification;
  const { id, event } = notification.payload as Pick<WebhookNotification, 'id'> & { readonly event: object };
  const fields = { notification: key, webhook: to.id, attempt: attempts };
  const giveUp = async (error: string): Promise<WebhookDeliveryOutcome> => {
    log.error({ ...fields, error }, 'Webhook undeliverable');
    return (await markDead(db, notification.id, instance, error)) ? 'dead' : 'lost';
  };

  const result = await sender.send({ webhook: to.id, id, body: JSON.stringify(event) }, signal);
  if (!result) return giveUp(`root-mfa.yml no longer names the webhook ${to.id}`);
  if (result.kind === 'gone') return giveUp(result.error);
  if (result.kind === 'delivered') {
    const sent = { message: { channel: to.id, ts: id }, revision: notification.revision, at: now() };
    return (await markSent(db, notification.id, instance, sent)) ? 'sent' : 'lost';
  }

  const { error, retryAfterMs } = result;
  // A stop is no failure of the receiver: the next start tries again.
  const retryInMs = signal?.aborted ? 0 : webhookRetryDelayMs({ attempts, retryAfterMs, random: random() });
  if (retryInMs === undefined) return giveUp(error);
  log.warn({ ...fields, error }, 'Webhook failed, retrying');
  const failure = { error, retryInMs, at: claimClock?.() };
  return (await markFailed(db, notification.id, instance, failure)) ? 'failed' : 'lost';
}
