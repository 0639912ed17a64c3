import type { AccountId } from '../../../domain/account.ts';
import type { KnownAccount } from '../../../domain/scan.ts';
import { closeIfEnrolled, isOpen, type OpenTokenRequest } from '../../../domain/token-request.ts';
import type { Mfa } from '../../../domain/verdict.ts';
import { record } from '../../../store/audit-log.ts';
import { knownAccounts } from '../../../store/account-cache.ts';
import type { Database } from '../../../store/database.ts';
import { lockTokenRequest, openTokenRequests, saveTokenRequest } from '../../../store/token-requests.ts';
import type { Context } from '../../shared/context.ts';
import type { Settlement } from './index.ts';
import { recordTokenStep } from '../../tokens/apply-token-step.ts';
import { tellTokenRequest } from '../../tokens/update-token-request-notifications.ts';

/**
 * Closes requests whose hardware is seen on root, or for which there is nothing left to protect.
 *
 * It looks at what is known of every account that waits, not only at what changed: a second key beside a first changes
 * nothing that can be seen, and counts once its receipt was confirmed.
 */
export const settleTokenRequests: Settlement = async (tx, ctx, _changes, at) => {
  // In the order in which others lock several: by id.
  const all = (await openTokenRequests(tx)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const known = await knownAccounts(tx, all.flatMap(waitingFor));
  for (const open of all) {
    if (closeIfEnrolled(open, seenBy(open, known), at).kind !== 'unchanged') {
      await settleOne(tx, ctx, open.id, at);
    }
  }
};

async function settleOne(tx: Database, ctx: Context, requestId: string, at: Date): Promise<void> {
  const request = await lockTokenRequest(tx, requestId);
  // Somebody closed it while this look was under way.
  if (!request || !isOpen(request)) return;
  const seen = seenBy(request, await knownAccounts(tx, waitingFor(request)));
  const outcome = closeIfEnrolled(request, seen, at);
  if (outcome.kind === 'unchanged') return;

  await saveTokenRequest(tx, outcome.request);
  for (const { id, settled } of outcome.request.accounts) {
    const mfa = seen.get(id)?.mfa;
    if (settled !== 'enrolled' || !mfa || !outcome.settled.includes(id)) continue;
    await record(tx, at, 'bot', { kind: 'token-enrolled', accountId: id, detail: { requestId, mfa } });
  }
  if (outcome.kind === 'not-needed') await recordTokenStep(tx, outcome.request, 'bot', at);
  await tellTokenRequest(tx, ctx, { before: request, after: outcome.request }, at);
}

/** The accounts that still need the request. */
function waitingFor({ accounts }: OpenTokenRequest): AccountId[] {
  return accounts.filter(({ settled }) => settled === null).map(({ id }) => id);
}

/** What is known of the accounts that still need the request; only what was read since whoever waits began to wait. */
function seenBy(
  request: OpenTokenRequest,
  known: ReadonlyMap<AccountId, KnownAccount>,
): ReadonlyMap<AccountId, { readonly mfa: Mfa }> {
  const since = request.state === 'received' ? request.receivedAt : request.requestedAt;
  const seen = new Map<AccountId, { readonly mfa: Mfa }>();
  for (const id of waitingFor(request)) {
    const account = known.get(id);
    if (!account) continue;
    // The organization lists it no more: nobody signs in as root there.
    if (account.closedAt !== null) seen.set(id, { mfa: 'not_applicable' });
    else if (account.verdict && account.unread === null && account.checkedAt && account.checkedAt >= since) {
      seen.set(id, account.verdict);
    }
  }
  return seen;
}
