import type { AccountId } from '../../domain/account.ts';
import { inBatches } from '../batches.ts';
import type { Database } from '../transactions.ts';
import {
  type Notification,
  type NotificationRow,
  type NotificationState,
  toNotification,
} from './notification.ts';

/** The notification with this key, or undefined. */
export async function notificationByKey<Payload = unknown>(
  db: Database,
  key: string,
): Promise<Notification<Payload> | undefined> {
  const [row] = await db.query<NotificationRow>('select * from outbox where key = $1', [key]);
  return row && toNotification<Payload>(row);
}

/** The latest notification of this kind whose key begins so, or undefined; dead and withdrawn ones do not count. */
export async function latestNotification<Payload = unknown>(
  db: Database,
  kind: string,
  keyPrefix = '',
): Promise<Notification<Payload> | undefined> {
  const [row] = await db.query<NotificationRow>(
    `select * from outbox
      where kind = $1 and starts_with(key, $2) and state not in ('dead', 'withdrawn')
      order by id desc limit 1`,
    [kind, keyPrefix],
  );
  return row && toNotification<Payload>(row);
}

/** The notifications about the account, newest first. */
export async function notificationsAbout(db: Database, accountId: AccountId): Promise<Notification[]> {
  const rows = await db.query<NotificationRow>(
    'select * from outbox where about @> array[$1] order by id desc',
    [accountId],
  );
  return rows.map((row) => toNotification(row));
}

/** Those of the accounts that a notification of one of these kinds is about. */
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

/** The notifications that could not be delivered, newest first. */
export async function listDeadLetters(db: Database, limit: number): Promise<Notification[]> {
  const rows = await db.query<NotificationRow>(
    `select * from outbox where state = 'dead' order by id desc limit $1`,
    [limit],
  );
  return rows.map((row) => toNotification(row));
}

/** How many notifications could not be delivered. Reads an index that holds only those. */
export async function countDeadLetters(db: Database): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `select count(*) as count from outbox where state = 'dead'`,
  );
  return row?.count ?? 0;
}

/** Returns how many events are still to be sent to each webhook, and how many could not be delivered. */
export async function countWebhookEvents(
  db: Database,
): Promise<{ readonly webhook: string; readonly state: 'waiting' | 'dead'; readonly count: number }[]> {
  return db.query(
    `select recipient as webhook, case state when 'dead' then 'dead' else 'waiting' end as state, count(*) as count
       from outbox
      where recipient_kind = 'webhook' and state not in ('sent', 'withdrawn')
      group by 1, 2
      order by 1, 2`,
  );
}

/** How many notifications are in each state. */
export async function countNotifications(db: Database): Promise<Record<NotificationState, number>> {
  const rows = await db.query<{ state: NotificationState; count: number }>(
    'select state, count(*) as count from outbox group by state',
  );
  const counts = { waiting: 0, sending: 0, sent: 0, uncertain: 0, dead: 0, withdrawn: 0 };
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}
