import { withDeadline } from '../../concurrency.ts';
import type { Account, AccountId } from '../../domain/account.ts';
import type { Guardrails } from '../../domain/guardrails/guardrails.ts';
import { type AccountObservation, hasNoData } from '../../domain/scan.ts';
import { saveGuardrails } from '../../store/accounts.ts';
import { claimRun } from '../../store/job-runs.ts';
import { saveObservations } from '../../store/verdicts.ts';
import { askAboutMfaRemovals } from '../mfa-removals/ask-about-mfa-removals.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Collector, Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import { applyScanEffects } from './apply-scan-effects/index.ts';

/** The outcome of a check of one account. */
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

/** Someone waits for the result, and AWS allows two descriptions of policies a second: a refresh reads them all daily. */
const GUARDRAILS_WAIT_MS = 10_000;

export interface CheckInput {
  readonly accountId: AccountId;
  readonly instance: string;
  /** How long the policies are waited for: what is known of them stays when they take longer. */
  readonly guardrailsWaitMs?: number;
}

/** Checks one account now and saves the result. */
export async function checkAccount(
  ctx: Context,
  { accountId, instance, guardrailsWaitMs = GUARDRAILS_WAIT_MS }: CheckInput,
): Promise<CheckOutcome> {
  const { db } = ctx;
  const before = await readAccount(ctx, accountId);
  if (!before) return { kind: 'no-such-account' };

  const claim = { job: 'check-account', period: accountId, by: instance, leaseMs: MIN_INTERVAL_MS };
  if ((await claimRun(db, claim)) === null) return { kind: 'too-soon', view: before };

  let observation: AccountObservation;
  let guardrails: Guardrails | null;
  try {
    const collector = await ctx.collector();
    try {
      [observation, guardrails] = await Promise.all([
        collector.read(before.account),
        withDeadline(readGuardrails(ctx, collector, before.account), guardrailsWaitMs),
      ]);
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

  await db.transaction(async (tx) => {
    if (guardrails) await saveGuardrails(tx, { id: accountId, guardrails }, ctx.now());
    await applyScanEffects({ tx, ctx, at: ctx.now() }, await saveObservations(tx, null, [observation]));
  });
  ctx.notificationsQueued();
  await askAboutMfaRemovals(ctx);
  const view = (await readAccount(ctx, accountId)) ?? before;
  if (hasNoData(observation)) return { kind: 'could-not-read', view, reason: observation.verdict.why };
  return before.compliance === 'noncompliant' &&
    (view.compliance === 'compliant' || view.compliance === 'not_applicable')
    ? { kind: 'fixed', view }
    : { kind: 'read', view };
}

/** What policies mean for the account just now; null where that is not checked, or could not be read. */
async function readGuardrails(
  { config }: Context,
  collector: Collector,
  account: Account,
): Promise<Guardrails | null> {
  if (config.guardrails.check === 'off' || !collector.organization) return null;
  const reader = collector.directory({
    orgUnits: false,
    tags: false,
    contacts: false,
    guardrails: 'accounts',
  });
  reader.learn([account]);
  const { entries } = await reader.finish();
  return entries.get(account.id)?.guardrails ?? null;
}
