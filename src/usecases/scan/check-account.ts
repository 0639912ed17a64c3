import type { AccountId } from '../../domain/account.ts';
import { type AccountObservation, hasNoData } from '../../domain/scan.ts';
import { claimRun } from '../../store/job-runs.ts';
import { saveObservations } from '../../store/verdicts.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import { applyScanEffects } from './apply-scan-effects/index.ts';

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
const MIN_INTERVAL_MS = 60_000;

/** Looks at one account now, and remembers what it saw. */
export async function checkAccount(
  ctx: Context,
  { accountId, instance }: { readonly accountId: AccountId; readonly instance: string },
): Promise<CheckOutcome> {
  const { db } = ctx;
  const before = await readAccount(ctx, accountId);
  if (!before) return { kind: 'no-such-account' };

  const claim = { job: 'check-account', period: accountId, by: instance, leaseMs: MIN_INTERVAL_MS };
  if ((await claimRun(db, claim)) === null) return { kind: 'too-soon', view: before };

  let observation: AccountObservation;
  try {
    const collector = await ctx.collector();
    try {
      observation = await collector.read(before.account);
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

  await db.transaction(async (tx) =>
    applyScanEffects(tx, ctx, await saveObservations(tx, null, [observation]), ctx.now()),
  );
  ctx.notificationsQueued();
  const view = (await readAccount(ctx, accountId)) ?? before;
  if (hasNoData(observation)) return { kind: 'could-not-read', view, reason: observation.verdict.why };
  return before.compliance === 'noncompliant' &&
    (view.compliance === 'compliant' || view.compliance === 'not_applicable')
    ? { kind: 'fixed', view }
    : { kind: 'read', view };
}
