import { json } from '../json.ts';
import type { Database } from '../transactions.ts';
import type { NewNotification } from './notification.ts';

/** `due_at` of what is due at once. Not the time: a clock that was ahead would hold the notification back. */
const AT_ONCE = `'epoch'`;

/** Whether the notification is new; one whose key is known is not enqueued again. */
export async function enqueue(tx: Database, notification: NewNotification, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `insert into outbox
       (key, kind, recipient_kind, recipient, thread_key, about, payload, state, due_at, created_at)
     values ($1, $2, $3, $4, $5, $6::text[], $7::jsonb, 'waiting', ${AT_ONCE}, $8)
     on conflict (key) do nothing
     returning id`,
    [
      notification.key,
      notification.kind,
      notification.to.kind,
      notification.to.id,
      notification.thread,
      notification.about ?? [],
      json(notification.payload),
      at,
    ],
  );
  return rows.length > 0;
}

/**
 * Replaces the content of a notification: before it is sent this is what will be sent, afterwards the message is
 * edited. Returns `false` for one that is unknown, dead or withdrawn.
 */
export async function updateNotification(tx: Database, key: string, payload: unknown): Promise<boolean> {
  const rows = await tx.query(
    `update outbox
        set payload = $2::jsonb, revision = revision + 1,
            due_at = case state when 'sent' then ${AT_ONCE} else due_at end,
            attempts = case state when 'sent' then 0 else attempts end
      where key = $1 and state in ('waiting', 'sending', 'sent', 'uncertain')
     returning id`,
    [key, json(payload)],
  );
  return rows.length > 0;
}

/** Withdraws a notification that no attempt has been made to send. Returns whether there was one. */
export async function withdrawNotification(tx: Database, key: string): Promise<boolean> {
  const rows = await tx.query(
    `update outbox set state = 'withdrawn', due_at = null
      where key = $1 and state = 'waiting' and sent_ts is null
     returning id`,
    [key],
  );
  return rows.length > 0;
}

/** Retries dead notifications created since then, and returns how many. One may have arrived, so they are looked up first. */
export async function requeueDeadLetters(db: Database, since: Date): Promise<number> {
  const rows = await db.query(
    `update outbox set state = 'uncertain', attempts = 0, due_at = ${AT_ONCE}
      where state = 'dead' and created_at >= $1
     returning id`,
    [since],
  );
  return rows.length;
}

/** Withdraws every notification that no attempt has been made to send, and returns how many. */
export async function withdrawAllWaiting(db: Database): Promise<number> {
  const rows = await db.query(
    `update outbox set state = 'withdrawn', due_at = null
      where state = 'waiting' and sent_ts is null
     returning id`,
  );
  return rows.length;
}
