import { createHash } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import type { WebhookEvent } from '../../domain/webhooks/event.ts';
import type { Database } from '../../store/database.ts';
import { enqueue, latestNotification } from '../../store/outbox.ts';

/** An event for webhooks, as the outbox holds it. */
export interface WebhookNotification {
  readonly kind: 'webhook';
  /** Receivers know an event by it: the same for every attempt and every webhook. */
  readonly id: string;
  readonly event: WebhookEvent;
}

/** What is needed to enqueue events in a transaction. */
interface WebhookWork {
  readonly tx: Database;
  readonly ctx: { readonly config: Pick<Config, 'webhooks'> };
  readonly at: Date;
}

/**
 * Enqueues an event for every webhook that subscribed to it. Events of one subject (a token request, an exemption, an
 * account) reach each webhook in order: one waits for the one before.
 */
export async function enqueueWebhookEvent(
  { tx, ctx, at }: WebhookWork,
  subject: string,
  event: WebhookEvent,
): Promise<void> {
  const eventKey = `${subject}/${event.type}/${event.timestamp}`;
  const id = `evt_${createHash('sha256').update(eventKey).digest('hex').slice(0, 32)}`;
  for (const { name, events } of ctx.config.webhooks) {
    if (!events.includes(event.type)) continue;
    const previous = await latestNotification(tx, 'webhook', `webhook/${name}/${subject}/`);
    const payload: WebhookNotification = { kind: 'webhook', id, event };
    await enqueue(
      tx,
      {
        key: `webhook/${name}/${eventKey}`,
        kind: payload.kind,
        to: { kind: 'webhook', id: name },
        thread: previous?.key,
        payload,
      },
      at,
    );
  }
}
