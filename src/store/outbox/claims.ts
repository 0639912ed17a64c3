import { clockSql } from '../clock.ts';
import type { Database } from '../transactions.ts';
import {
  type ClaimedNotification,
  type NotificationRow,
  type SentMessage,
  toMessage,
  toNotification,
} from './notification.ts';

/** Any number that no other lock uses. */
const CLAIM_LOCK_ID = 7_031_992_115;

/** A call of a process that died may still be at work in Slack: a look-up before then would find nothing. */
const IN_FLIGHT_MS = 10_000;

/** After a restore, for how long each notification is looked up before it is sent: the digest of a week included. */
const LOOK_UP_DAYS = 14;

/** No wait is longer than this: a later `due_at` was written by a clock that was ahead. */
const MAX_WAIT = `interval '1 day'`;

/** How notifications travel: to conversations and people through Slack, or to webhooks. */
export type Transport = 'slack' | 'webhook';

/** The condition that a row goes by the transport of a parameter, or that the parameter is null. */
const goesBy = (parameter: string) =>
  `(${parameter}::text is null or (recipient_kind = 'webhook') = (${parameter} = 'webhook'))`;

/** A claim on notifications. The clock is the database's; `at` replaces it where time is simulated. */
export interface Claim {
  /** The instance that delivers. */
  readonly by: string;
  readonly limit: number;
  readonly leaseMs: number;
  /** By default all. */
  readonly transport?: Transport | undefined;
  readonly at?: Date | undefined;
}

/**
 * Claims the notifications to deliver now until the lease ends, at most one for each recipient. A claim whose holder
 * died comes back as uncertain. Instances on one database never claim the same notification.
 */
export async function claimDue<Payload = unknown>(
  db: Database,
  { by, limit, leaseMs, transport, at }: Claim,
): Promise<ClaimedNotification<Payload>[]> {
  return db.transaction(async (tx) => {
    // One claim at a time: two at once might each find a different first notification for the same recipient.
    await tx.query('select pg_advisory_xact_lock($1)', [CLAIM_LOCK_ID]);
    const rows = await tx.query<ClaimedNotificationRow>(
      // First the notification that each recipient is waiting for, in the order they were due. It may be withdrawn
      // before it is locked, so the locked row is checked again.
      // One in flight holds up the others to its recipient until it arrived or its lease ended.
      `with clock as materialized (select ${clockSql('$2')} as now),
       due as (
         select outbox.* from outbox, clock
          where (due_at <= clock.now or due_at > clock.now + ${MAX_WAIT})
            and ${goesBy('$5')}
       ),
       first as (
         select distinct on (recipient) id
           from due
          where (state = 'sending' or not exists (
              select from outbox as busy where busy.recipient = due.recipient and busy.state = 'sending'))
            and not exists (
              select from outbox as head
               where head.key = due.thread_key and head.state in ('waiting', 'sending', 'uncertain'))
          order by recipient, state <> 'sending', due_at, id
       ),
       restored as (
         select max(restored_at) as at, min(backup_at) as backup_at from restores, clock
          where restored_at > clock_timestamp() - interval '${LOOK_UP_DAYS} days'
       ),
       claimable as (
         select id, sent_ts is null and (state in ('sending', 'uncertain') or restored.at is not null) as uncertain,
                least(created_at, restored.backup_at) as look_up_from
           from outbox, restored
          where id in (select id from first) and due_at is not null
          order by due_at, id
          limit $4
            for update of outbox skip locked
       )
       update outbox
          set state = 'sending', claimed_by = $1, attempts = attempts + 1,
              due_at = clock.now + $3 * interval '1 millisecond'
         from claimable, clock
        where outbox.id = claimable.id
       returning outbox.*, claimable.uncertain, claimable.look_up_from,
         (select head.sent_channel from outbox as head where head.key = outbox.thread_key) as thread_channel,
         (select head.sent_ts from outbox as head where head.key = outbox.thread_key) as thread_ts`,
      [by, at, leaseMs, limit, transport],
    );
    return rows.sort((a, b) => a.id - b.id).map((row) => toClaimedNotification<Payload>(row));
  });
}

/**
 * Ends every claim, as soon as a message of its holder can have arrived. Only for the one process of an embedded
 * database, before it claims anything itself: the process that held the claims is dead.
 */
export async function expireAllClaims(db: Database, at?: Date): Promise<void> {
  await db.query(
    `update outbox
        set due_at = ${clockSql('$1')} + case when sent_ts is null then $2 else 0 end * interval '1 millisecond'
      where state = 'sending'`,
    [at, IN_FLIGHT_MS],
  );
}

/**
 * Saves that the message arrived, and returns whether the claim still held. `revision` is the content that the reader
 * sees, 0 when the message was found by a look-up; when it was replaced since, the message is due for an edit at once.
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
            due_at = case when revision > $3 then 'epoch'::timestamptz end
      where id = $1 and claimed_by = $2 and state = 'sending'
     returning id`,
    [id, by, sent.revision, sent.message.channel, sent.message.ts, sent.at],
  );
  return rows.length > 0;
}

/** An attempt that failed, and when to try again. The clock is the database's; `at` replaces it where time is simulated. */
export interface FailedAttempt {
  readonly error: string;
  readonly retryInMs: number;
  readonly at?: Date | undefined;
}

/** Saves that an attempt certainly had no effect, and returns whether the claim still held. */
export function markFailed(db: Database, id: number, by: string, failure: FailedAttempt): Promise<boolean> {
  return endAttempt(db, id, by, 'waiting', failure);
}

/** Saves that an attempt may have arrived, so the next one looks first; returns whether the claim still held. */
export function markUncertain(
  db: Database,
  id: number,
  by: string,
  failure: FailedAttempt,
): Promise<boolean> {
  return endAttempt(db, id, by, 'uncertain', failure);
}

async function endAttempt(
  db: Database,
  id: number,
  by: string,
  state: 'waiting' | 'uncertain',
  { error, retryInMs, at }: FailedAttempt,
): Promise<boolean> {
  // An edit that failed leaves the message as it was: sent.
  const rows = await db.query(
    `update outbox
        set state = case when sent_ts is null then $3 else 'sent' end, last_error = $4,
            due_at = ${clockSql('$6')} + $5 * interval '1 millisecond'
      where id = $1 and claimed_by = $2 and state = 'sending'
     returning id`,
    [id, by, state, error, retryInMs, at],
  );
  return rows.length > 0;
}

/** Gives up on the notification, or on its edit, and returns whether the claim still held. */
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

/** Milliseconds until the next notification is due, `0` when one is; `null` when none is waiting. */
export async function nextDueInMs(db: Database, at?: Date, transport?: Transport): Promise<number | null> {
  const [row] = await db.query<{ ms: number }>(
    `select greatest(0, extract(epoch from due_at - ${clockSql('$1')}) * 1000)::float8 as ms
       from outbox where due_at is not null and ${goesBy('$2')} order by due_at limit 1`,
    [at, transport],
  );
  return row?.ms ?? null;
}

interface ClaimedNotificationRow extends NotificationRow {
  uncertain: boolean;
  look_up_from: Date;
  thread_channel: string | null;
  thread_ts: string | null;
}

function toClaimedNotification<Payload>(row: ClaimedNotificationRow): ClaimedNotification<Payload> {
  return {
    ...toNotification<Payload>(row),
    state: 'sending',
    uncertain: row.uncertain,
    lookUpFrom: row.look_up_from,
    threadMessage: toMessage(row.thread_channel, row.thread_ts),
  };
}
