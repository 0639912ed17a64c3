import type { Database } from './transactions.ts';

/**
 * SQL for the time: the parameter where time is simulated, else the database's own clock at this moment (`now()` stands
 * still in a transaction). Leases and claims use no other clock, so the clocks of instances can differ.
 */
export const clockSql = (parameter: string) => `coalesce(${parameter}::timestamptz, clock_timestamp())`;

/** Returns the time by that clock. */
export async function readClock(db: Database, at?: Date): Promise<Date> {
  const [row] = await db.query<{ now: Date }>(`select ${clockSql('$1')} as now`, [at]);
  if (!row) throw new Error('The database did not tell the time');
  return row.now;
}
