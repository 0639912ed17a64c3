import type { AccountId } from '../../domain/account.ts';

/** Where a notification goes: a conversation or a person, by Slack id, or a webhook, by its name in the configuration. */
export interface Recipient {
  readonly kind: 'channel' | 'person' | 'webhook';
  readonly id: string;
}

/** A notification to put into the outbox. */
export interface NewNotification<Payload = unknown> {
  /** Identifies it: the same key is the same notification, however often it is enqueued. */
  readonly key: string;
  readonly kind: string;
  readonly to: Recipient;
  /** The key of the notification whose thread it belongs to; it waits until that one is sent. */
  readonly thread?: string | undefined;
  /** The accounts it is about. */
  readonly about?: readonly AccountId[] | undefined;
  /** Its content as data; the dispatcher renders it. */
  readonly payload: Payload;
}

export type NotificationState = 'waiting' | 'sending' | 'sent' | 'uncertain' | 'dead' | 'withdrawn';

/** A message as Slack identifies it. */
export interface SentMessage {
  readonly channel: string;
  readonly ts: string;
}

/** A notification as the outbox holds it. */
export interface Notification<Payload = unknown> {
  readonly id: number;
  readonly key: string;
  readonly kind: string;
  readonly to: Recipient;
  readonly thread: string | null;
  readonly about: readonly AccountId[];
  readonly payload: Payload;
  readonly state: NotificationState;
  /** How often its content was written, and which of these the reader sees (0: none). */
  readonly revision: number;
  readonly renderedRevision: number;
  readonly attempts: number;
  readonly message: SentMessage | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

/** A notification claimed for delivery until the lease ends. With a `message` it was sent before, and needs an edit. */
export interface ClaimedNotification<Payload = unknown> extends Notification<Payload> {
  readonly state: 'sending';
  /** An earlier attempt may have arrived: look for its key in the conversation before sending it. */
  readonly uncertain: boolean;
  /** Where that look-up begins: an earlier attempt cannot be older. */
  readonly lookUpFrom: Date;
  /** The message whose thread it belongs to, when that one was sent. */
  readonly threadMessage: SentMessage | null;
}

/** The row of a notification. */
export interface NotificationRow {
  id: number;
  key: string;
  kind: string;
  recipient_kind: Recipient['kind'];
  recipient: string;
  thread_key: string | null;
  about: AccountId[];
  payload: unknown;
  state: NotificationState;
  revision: number;
  rendered_revision: number;
  attempts: number;
  sent_channel: string | null;
  sent_ts: string | null;
  last_error: string | null;
  created_at: Date;
  sent_at: Date | null;
}

/** The notification in a row. */
export function toNotification<Payload>(row: NotificationRow): Notification<Payload> {
  return {
    id: row.id,
    key: row.key,
    kind: row.kind,
    to: { kind: row.recipient_kind, id: row.recipient },
    thread: row.thread_key,
    about: row.about,
    payload: row.payload as Payload,
    state: row.state,
    revision: row.revision,
    renderedRevision: row.rendered_revision,
    attempts: row.attempts,
    message: toMessage(row.sent_channel, row.sent_ts),
    lastError: row.last_error,
    createdAt: row.created_at,
    sentAt: row.sent_at,
  };
}

/** The message with this address, or `null` when nothing was sent. */
export function toMessage(channel: string | null, ts: string | null): SentMessage | null {
  return channel !== null && ts !== null ? { channel, ts } : null;
}
