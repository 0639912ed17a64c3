import { json } from './json.ts';
import type { Database } from './transactions.ts';

/** A form or a button press that Slack saw acknowledged before it was handled. */
export interface PendingInteraction {
  readonly id: string;
  /** The payload, as Slack sent it. */
  readonly payload: unknown;
  /** How often an instance took it up, the first one included. */
  readonly attempts: number;
}

/** Saves an interaction before it is acknowledged, leased to the instance that is handling it. */
export async function savePendingInteraction(
  db: Database,
  { id, payload, leaseMs }: { readonly id: string; readonly payload: unknown; readonly leaseMs: number },
): Promise<void> {
  await db.query(
    `insert into pending_interactions (id, payload, attempts, lease_until)
     values ($1, $2::jsonb, 1, clock_timestamp() + $3 * interval '1 millisecond')`,
    [id, json(payload), leaseMs],
  );
}

/** Deletes an interaction that was handled. */
export async function deletePendingInteraction(db: Database, id: string): Promise<void> {
  await db.query('delete from pending_interactions where id = $1', [id]);
}

/** Claims the oldest interaction whose lease has ended, because its instance died; undefined when there is none. */
export async function claimInterruptedInteraction(
  db: Database,
  { leaseMs }: { readonly leaseMs: number },
): Promise<PendingInteraction | undefined> {
  const [row] = await db.query<PendingInteraction>(
    `update pending_interactions
        set attempts = attempts + 1, lease_until = clock_timestamp() + $1 * interval '1 millisecond'
      where id = (
        select id from pending_interactions
         where lease_until <= clock_timestamp()
         order by received_at
         limit 1
           for update skip locked)
     returning id, payload, attempts`,
    [leaseMs],
  );
  return row;
}

/** Ends every lease. Only for the one process of an embedded database, before it accepts anything itself. */
export async function expireInteractionLeases(db: Database): Promise<void> {
  await db.query('update pending_interactions set lease_until = clock_timestamp()');
}
