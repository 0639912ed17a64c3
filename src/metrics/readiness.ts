import { withDeadline } from '../concurrency.ts';
import type { Readiness } from '../http/web-server.ts';
import { type Database, DatabaseError } from '../store/database.ts';
import { countDeadLetters } from '../store/outbox.ts';
import { readLastHeardAt } from '../store/root-events.ts';
import type { Context, Log } from '../usecases/shared/context.ts';
import { readCurrentJobLags } from './snapshot.ts';

/** `/readyz` answers within this time, whatever the database does. */
const TIMEOUT_MS = 5_000;

/** Returns a check of the database: `null` when it answers, else the problem. What it said itself is logged once. */
export function createDatabaseCheck(
  db: Database,
  log: Log,
  timeoutMs = TIMEOUT_MS,
): () => Promise<string | null> {
  let wasDown = false;
  // A server that has gone silent must not collect one query for each question.
  let probe: Promise<true> | undefined;
  const askDatabase = (): Promise<true> => {
    probe ??= db
      .query('select 1')
      .then((): true => true)
      .finally(() => {
        probe = undefined;
      });
    return probe;
  };
  return async () => {
    try {
      if ((await withDeadline(askDatabase(), timeoutMs)) === null)
        throw new DatabaseError(`No answer within ${timeoutMs} ms`, 'ETIMEDOUT');
      if (wasDown) log.info({}, 'Database answers again');
      wasDown = false;
      return null;
    } catch (error) {
      if (!wasDown) log.error({ err: error }, 'Database does not answer');
      wasDown = true;
      const code = error instanceof DatabaseError ? error.code : undefined;
      return `the database does not answer${code === undefined ? '' : ` (${code})`}`;
    }
  };
}

/** What operators should know of a bot that is ready: undelivered notifications, jobs that are behind. */
export async function readReadinessDetails(
  ctx: Pick<Context, 'db' | 'config' | 'now' | 'log'>,
  rootEvents?: { problem(): string | null } | undefined,
): Promise<NonNullable<Readiness['information']>> {
  const details = readDetails(ctx, rootEvents).catch((error: unknown) => {
    ctx.log.warn({ err: error }, 'Readiness details not read');
    return {};
  });
  return (await withDeadline(details, TIMEOUT_MS)) ?? {};
}

async function readDetails(
  ctx: Pick<Context, 'db' | 'config' | 'now'>,
  rootEvents: { problem(): string | null } | undefined,
): Promise<NonNullable<Readiness['information']>> {
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
}
