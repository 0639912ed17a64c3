import type { AccountId } from '../domain/account.ts';
import { inBatches } from './batches.ts';
import { json } from './json.ts';
import type { Database } from './transactions.ts';

/** Where a letter goes: a conversation, or a person, both by Slack id. */
export interface Recipient {
  readonly kind: 'channel' | 'person';
  readonly id: string;
}

/** Something the bot says unasked, as it is written. */
export interface NewNotification<Payload = unknown> {
  /** What makes it this letter: the same key is the same letter, however often it is written. */
  readonly key: string;
  readonly kind: string;
  readonly to: Recipient;
  /** The key of the letter whose thread it belongs to; it waits until that one is sent. */
  readonly thread?: string | undefined;
  /** The accounts it speaks of. */
  readonly about?: readonly AccountId[] | undefined;
  /** What it tells, as data; the postman draws it. */
  readonly payload: Payload;
  /** Not before then; at once by default. */
  readonly sendAfter?: Date | undefined;
}

export type NotificationState = 'waiting' | 'sending' | 'sent' | 'uncertain' | 'dead' | 'withdrawn';

/** A message as Slack names it. */
export interface SentMessage {
  readonly channel: string;
  readonly ts: string;
}

/** A letter as it is remembered. */
export interface Notification<Payload = unknown> {
  readonly id: number;
  readonly key: string;
  readonly kind: string;
  readonly to: Recipient;
  readonly thread: string | null;
  readonly about: readonly AccountId[];
  readonly payload: Payload;
  readonly state: NotificationState;
  /** How often it was written, and which writing the reader sees (0: none). */
  readonly revision: number;
  readonly renderedRevision: number;
  readonly attempts: number;
  readonly message: SentMessage | null;
  readonly lastError: string | null;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
}

/** A letter that is ours to deliver until the lease ends. With a `message` it is there already, and wants an edit. */
export interface ClaimedNotification<Payload = unknown> extends Notification<Payload> {
  readonly state: 'sending';
  /** An earlier attempt may have arrived: look for the letter's key in the conversation before you send it again. */
  readonly uncertain: boolean;
  /** The message whose thread it belongs to, when that one was sent. */
  readonly threadMessage: SentMessage | null;
}

/** Whether the letter is new; a letter whose key is known is not written again. */
export async function enqueue(tx: Database, notification: NewNotification, at: Date): Promise<boolean> {
  const rows = await tx.query(
    `insert into outbox
       (key, kind, recipient_kind, recipient, thread_key, about, payload, state, due_at, created_at)
     values ($1, $2, $3, $4, $5, $6::text[], $7::jsonb, 'waiting', $8, $9)
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
      notification.sendAfter ?? at,
      at,
    ],
  );
  return rows.length > 0;
}

/**
 * Whether the letter tells something else now: before it is sent that is what will be sent, afterwards the message is
 * edited. `false` for a letter that is unknown, dead or withdrawn.
 */
export async function updateNotification(
  tx: Database,
  key: string,
  payload: unknown,
  at: Date,
): Promise<boolean> {
  const rows = await tx.query(
    `update outbox
        set payload = $2::jsonb, revision = revision + 1,
            due_at = case state when 'sent' then $3 else due_at end,
            attempts = case state when 'sent' then 0 else attempts end
      where key = $1 and state in ('waiting', 'sending', 'sent', 'uncertain')
     returning id`,
    [key, json(payload), at],
  );
  return rows.length > 0;
}

/** Whether the letter was still to be sent for the first time, and now never will be. */
export async function withdrawNotification(tx: Database, key: string): Promise<boolean> {
  const rows = await tx.query(
    `update outbox set state = 'withdrawn', due_at = null
      where key = $1 and state = 'waiting' and sent_ts is null
     returning id`,
    [key],
  );
  return rows.length > 0;
}

/** How many letters that were given up, and were written since then, are tried again: one may have arrived, so look first. */
export async function requeueDeadLetters(db: Database, since: Date, at: Date): Promise<number> {
  const rows = await db.query(
    `update outbox set state = 'uncertain', attempts = 0, due_at = $2
      where state = 'dead' and created_at >= $1
     returning id`,
    [since, at],
  );
  return rows.length;
}

/** How many letters were still to be sent for the first time, and now never will be. */
export async function withdrawAllWaiting(db: Database): Promise<number> {
  const rows = await db.query(
    `update outbox set state = 'withdrawn', due_at = null
      where state = 'waiting' and sent_ts is null
     returning id`,
  );
  return rows.length;
}

/**
 * The letters to deliver now, at most one to each recipient, claimed for the time of the lease. A claim whose holder
 * died comes back as uncertain. Instances on one database never get the same letter.
 */
export async function claimDue<Payload = unknown>(
  db: Database,
  claim: { readonly by: string; readonly at: Date; readonly limit: number; readonly leaseMs: number },
): Promise<ClaimedNotification<Payload>[]> {
  return db.transaction(async (tx) => {
    // One claim at a time: two at once might each find a different first letter for the same recipient.
    await tx.query('select pg_advisory_xact_lock($1)', [CLAIM_LOCK_ID]);
    const rows = await tx.query<ClaimedNotificationRow>(
      // First the letter that each recipient is waiting for, in the order they were due. It may be withdrawn before it
      // is locked, so the locked row is asked again.
      // A letter on its way holds up the others to its recipient until it arrived or its lease ended.
      `with first as (
         select distinct on (recipient) id
           from outbox as due
          where due_at <= $2
            and (state = 'sending' or not exists (
              select from outbox as busy where busy.recipient = due.recipient and busy.state = 'sending'))
            and not exists (
              select from outbox as head
               where head.key = due.thread_key and head.state in ('waiting', 'sending', 'uncertain'))
          order by recipient, state <> 'sending', due_at, id
       ),
       claimable as (
         select id, state in ('sending', 'uncertain') and sent_ts is null as uncertain
           from outbox
          where id in (select id from first) and due_at <= $2
          order by due_at, id
          limit $4
            for update skip locked
       )
       update outbox
          set state = 'sending', claimed_by = $1, attempts = attempts + 1,
              due_at = $2::timestamptz + $3 * interval '1 millisecond'
         from claimable
        where outbox.id = claimable.id
       returning outbox.*, claimable.uncertain,
         (select head.sent_channel from outbox as head where head.key = outbox.thread_key) as thread_channel,
         (select head.sent_ts from outbox as head where head.key = outbox.thread_key) as thread_ts`,
      [claim.by, claim.at, claim.leaseMs, claim.limit],
    );
    return rows.sort((a, b) => a.id - b.id).map((row) => toClaimedNotification<Payload>(row));
  });
}

/**
 * Ends the claims of everybody: whoever delivers next looks whether those letters arrived. Only for the one process of
 * an embedded database, before it claims anything itself: whoever had a letter in hand there is dead.
 */
export async function expireAllClaims(db: Database, at: Date): Promise<void> {
  await db.query(`update outbox set due_at = $1 where state = 'sending'`, [at]);
}

/**
 * Whether the claim still held: the letter arrived. `revision` is the writing that the reader sees, 0 when the message
 * was found by looking and nobody knows which; was the letter rewritten since, it is due for an edit at once.
 */
export async function markSent(
  db: Database,
  id: number,
  by: string,
  sent: { readonly message: SentMessage; readonly revision: number; readonly at: Date },
): Promise<boolean> {
  const rows = await db.query(
    `update outbox
        set state = 'sent', rendered_revision = $3, sent_channel = $4, sent_ts = $5, last_error = null,
            sent_at = coalesce(sent_at, $6), attempts = 0,
            due_at = case when revision > $3 then $6::timestamptz end
      where id = $1 and claimed_by = $2 and state = 'sending'
     returning id`,
    [id, by, sent.revision, sent.message.channel, sent.message.ts, sent.at],
  );
  return rows.length > 0;
}

/** Whether the claim still held: the attempt surely did nothing, and the letter waits for the next. */
export async function markFailed(
  db: Database,
  id: number,
  by: string,
  failure: { readonly error: string; readonly nextAttemptAt: Date },
): Promise<boolean> {
  // An edit that failed leaves the message as it was: sent.
  const rows = await db.query(
    `update outbox
        set state = case when sent_ts is null then 'waiting' else 'sent' end, last_error = $3, due_at = $4
      where id = $1 and claimed_by = $2 and state = 'sending'
     returning id`,
    [id, by, failure.error, failure.nextAttemptAt],
  );
  return rows.length > 0;
}

/** Whether the claim still held: nobody knows if the letter arrived, so the next attempt looks first. */
export async function markUncertain(
  db: Database,
  id: number,
  by: string,
  failure: { readonly error: string; readonly nextAttemptAt: Date },
): Promise<boolean> {
  const rows = await db.query(
    `update outbox
        set state = case when sent_ts is null then 'uncertain' else 'sent' end, last_error = $3, due_at = $4
      where id = $1 and claimed_by = $2 and state = 'sending'
     returning id`,
    [id, by, failure.error, failure.nextAttemptAt],
  );
  return rows.length > 0;
}

/** Whether the claim still held: the letter (or its edit: then the message stays as it is) is tried no more. */
export async function markDead(db: Database, id: number, by: string, error: string): Promise<boolean> {
  const rows = await db.query(
    `update outbox
        set state = case when sent_ts is null then 'dead' else 'sent' end, last_error = $3, due_at = null
      where id = $1 and claimed_by = $2 and state = 'sending'
     returning id`,
    [id, by, error],
  );
  return rows.length > 0;
}

/** The letter with this key, or undefined. */
export async function notificationByKey<Payload = unknown>(
  db: Database,
  key: string,
): Promise<Notification<Payload> | undefined> {
  const [row] = await db.query<NotificationRow>('select * from outbox where key = $1', [key]);
  return row && toNotification<Payload>(row);
}

/** The letter of this kind that was written last, or undefined; one that nobody got does not count. */
export async function latestNotification<Payload = unknown>(
  db: Database,
  kind: string,
): Promise<Notification<Payload> | undefined> {
  const [row] = await db.query<NotificationRow>(
    `select * from outbox where kind = $1 and state not in ('dead', 'withdrawn') order by id desc limit 1`,
    [kind],
  );
  return row && toNotification<Payload>(row);
}

/** The letters that speak of the account, newest first. */
export async function notificationsAbout(db: Database, accountId: AccountId): Promise<Notification[]> {
  const rows = await db.query<NotificationRow>(
    'select * from outbox where about @> array[$1] order by id desc',
    [accountId],
  );
  return rows.map((row) => toNotification(row));
}

/** Those of the accounts that some letter of these kinds speaks of. */
export async function accountsInNotifications(
  db: Database,
  accountIds: readonly AccountId[],
  kinds: readonly string[],
): Promise<ReadonlySet<AccountId>> {
  const found = new Set<AccountId>();
  for await (const batch of inBatches(accountIds)) {
    const rows = await db.query<{ id: AccountId }>(
      `select account.id from unnest($1::text[]) as account (id)
        where exists (select from outbox where about @> array[account.id] and kind = any ($2::text[]))`,
      [batch, kinds],
    );
    for (const { id } of rows) found.add(id);
  }
  return found;
}

/** The letters that could not be delivered, newest first. */
export async function listDeadLetters(db: Database, limit: number): Promise<Notification[]> {
  const rows = await db.query<NotificationRow>(
    `select * from outbox where state = 'dead' order by id desc limit $1`,
    [limit],
  );
  return rows.map((row) => toNotification(row));
}

/** How many letters are in each state. */
export async function countNotifications(db: Database): Promise<Record<NotificationState, number>> {
  const rows = await db.query<{ state: NotificationState; letters: number }>(
    'select state, count(*) as letters from outbox group by state',
  );
  const counts = { waiting: 0, sending: 0, sent: 0, uncertain: 0, dead: 0, withdrawn: 0 };
  for (const { state, letters } of rows) counts[state] = letters;
  return counts;
}

/** When the next letter is due, or `null` when none waits. */
export async function nextDueAt(db: Database): Promise<Date | null> {
  const [row] = await db.query<{ due_at: Date }>(
    'select due_at from outbox where due_at is not null order by due_at limit 1',
  );
  return row?.due_at ?? null;
}

/** Any number that nobody else locks. */
const CLAIM_LOCK_ID = 7_031_992_115;

interface NotificationRow {
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

interface ClaimedNotificationRow extends NotificationRow {
  uncertain: boolean;
  thread_channel: string | null;
  thread_ts: string | null;
}

function toNotification<Payload>(row: NotificationRow): Notification<Payload> {
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

function toClaimedNotification<Payload>(row: ClaimedNotificationRow): ClaimedNotification<Payload> {
  return {
    ...toNotification<Payload>(row),
    state: 'sending',
    uncertain: row.uncertain,
    threadMessage: toMessage(row.thread_channel, row.thread_ts),
  };
}

function toMessage(channel: string | null, ts: string | null): SentMessage | null {
  return channel !== null && ts !== null ? { channel, ts } : null;
}
