import type { AccountId } from '../../domain/account.ts';
import { type Reading, toldNothing } from '../../domain/scan.ts';
import { claimRun } from '../../store/job-runs.ts';
import { rememberReadings } from '../../store/verdicts.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import { settle } from './apply-scan-effects/index.ts';

/** What a look at one account came to. */
export type CheckOutcome =
  | { readonly kind: 'no-such-account' }
  /** It was looked at a moment ago: the view is as fresh as it gets. */
  | { readonly kind: 'too-soon'; readonly view: AccountView }
  /** It fell short, and no longer does. */
  | { readonly kind: 'fixed'; readonly view: AccountView }
  | { readonly kind: 'read'; readonly view: AccountView }
  | { readonly kind: 'could-not-read'; readonly view: AccountView; readonly reason: string };

/** One account is looked at once a minute at most, by whichever instance. */
const PAUSE_MS = 60_000;

/** Looks at one account now, and remembers what it saw. */
export async function checkAccount(
  ctx: Context,
  { accountId, instance }: { readonly accountId: AccountId; readonly instance: string },
): Promise<CheckOutcome> {
  const { db } = ctx;
  const before = await readAccount(ctx, accountId);
  if (!before) return { kind: 'no-such-account' };

  const turn = { job: 'check-account', period: accountId, by: instance, leaseMs: PAUSE_MS };
  if ((await claimRun(db, turn)) === null) return { kind: 'too-soon', view: before };

  let reading: Reading;
  try {
    const collector = await ctx.collector();
    try {
      reading = await collector.read(before.account);
    } finally {
      collector.close();
    }
  } catch (error) {
    return {
      kind: 'could-not-read',
      view: before,
      reason: error instanceof Error ? error.message : String(error),
    };
  }

  await db.transaction(async (tx) => settle(tx, ctx, await rememberReadings(tx, null, [reading]), ctx.now()));
  ctx.lettersWritten();
  const view = (await readAccount(ctx, accountId)) ?? before;
  if (toldNothing(reading)) return { kind: 'could-not-read', view, reason: reading.verdict.why };
  return before.standing === 'unmet' && (view.standing === 'met' || view.standing === 'not_applicable')
    ? { kind: 'fixed', view }
    : { kind: 'read', view };
}
