import type { Readiness } from '../http/web-server.ts';
import { type Database, DatabaseError } from '../store/database.ts';
import { countDeadLetters } from '../store/outbox.ts';
import { readLastHeardAt } from '../store/root-events.ts';
import type { Context, Log } from '../usecases/shared/context.ts';
import { readCurrentJobLags } from './snapshot.ts';

/** Whether the database answers, in words for whoever asks; what it said itself is for the log, and once. */
export function createDatabaseCheck(db: Database, log: Log): () => Promise<string | null> {
  let wasDown = false;
  return async () => {
    try {
      await db.query('select 1');
      if (wasDown) log.info({}, 'The database answers again');
      wasDown = false;
      return null;
    } catch (error) {
      if (!wasDown) log.error({ err: error }, 'The database does not answer');
      wasDown = true;
      const code = error instanceof DatabaseError ? error.code : undefined;
      return `the database does not answer${code === undefined ? '' : ` (${code})`}`;
    }
  };
}

/** What is good to know, though the bot is ready all the same: letters that nobody got, jobs that are behind. */
export async function readReadinessDetails(
  ctx: Pick<Context, 'db' | 'config' | 'now' | 'log'>,
  rootEvents?: { problem(): string | null } | undefined,
): Promise<NonNullable<Readiness['information']>> {
  try {
    const [deadLetters, lags] = await Promise.all([countDeadLetters(ctx.db), readCurrentJobLags(ctx)]);
    const jobs = lags.map(({ job, lagMs, lastDoneAt }) => [
      job,
      { lagSeconds: Math.round(lagMs / 1000), lastDoneAt: lastDoneAt?.toISOString() ?? null },
    ]);
    return {
      deadLetters,
      jobs: Object.fromEntries(jobs),
      ...(rootEvents && {
        rootEvents: {
          queue: rootEvents.problem(),
          lastHeardAt: (await readLastHeardAt(ctx.db))?.toISOString() ?? null,
        },
      }),
    };
  } catch (error) {
    ctx.log.warn({ err: error }, 'Letters and jobs could not be counted');
    return {};
  }
}
