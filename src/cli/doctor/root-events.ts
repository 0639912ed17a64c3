import { openEventQueue } from '../../aws/event-queue.ts';
import type { Database } from '../../store/database.ts';
import { countRejects, readLastHeardAt } from '../../store/root-events.ts';
import { type CheckResult, ok, warn } from './check.ts';
import type { DoctorResources } from './resources.ts';

/** Accounts send a sign of life once a day. */
const SILENT_AFTER_HOURS = 60;

/** Checks that the queue of root events can be read, and that something arrived lately. */
export async function checkRootEvents({ config, database, now }: DoctorResources): Promise<CheckResult> {
  const { queueUrl } = (await config.require()).rootEvents;
  if (queueUrl === undefined) return ok('not used: rootEvents.queueUrl is not set');
  const queue = openEventQueue({ queueUrl });
  try {
    const { waiting, inFlight } = await queue.depth();
    const db = await database.require().catch(() => undefined);
    const heardAt = db && (await readLastHeardAt(db).catch(() => null));
    const details = db ? await rejectLines(db, now()) : [];
    const depth = `the queue can be read: ${waiting} waiting, ${inFlight} in flight`;
    if (!heardAt) {
      return warn(
        `${depth}; no account has been heard from yet`,
        'Deploy the rules in every account: docs/aws.md, "Root events". Each account sends a sign of life once a day.',
      );
    }
    const hours = Math.floor((now().getTime() - heardAt.getTime()) / 3_600_000);
    const heard = `${depth}; last heard ${heardAt.toISOString()}`;
    return hours < SILENT_AFTER_HOURS
      ? ok(heard, details)
      : warn(
          `${heard}, ${hours} hours ago`,
          'Check that the bot runs, and the rules: docs/aws.md, "Root events".',
        );
  } finally {
    queue.close();
  }
}

/** Messages rejected in the last day, a line for each reason. */
async function rejectLines(db: Database, now: Date): Promise<string[]> {
  const since = new Date(now.getTime() - 24 * 3_600_000);
  const counts = await countRejects(db, since).catch(() => ({}));
  return Object.entries(counts).map(([reason, count]) => `${count} rejected in the last day: ${reason}`);
}
