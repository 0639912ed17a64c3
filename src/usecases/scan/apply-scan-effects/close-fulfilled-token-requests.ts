import type { AccountId } from '../../../domain/account.ts';
import { hardwareCount } from '../../../domain/root-devices.ts';
import type { KnownAccount } from '../../../domain/scan.ts';
import {
  closeIfEnrolled,
  isOpen,
  type OpenTokenRequest,
  type SeenRoot,
} from '../../../domain/token-request.ts';
import { findKnownAccounts } from '../../../store/account-cache.ts';
import { recordAuditEvent } from '../../../store/audit-log.ts';
import { listOpenTokenRequests, lockTokenRequest, saveTokenRequest } from '../../../store/token-requests.ts';
import { recordEnrolledKeys } from '../../keys/record-keys.ts';
import type { UnitOfWork } from '../../shared/unit-of-work.ts';
import { recordTokenStep } from '../../tokens/apply-token-step.ts';
import { updateTokenRequestNotifications } from '../../tokens/update-token-request-notifications.ts';
import type { ScanEffect } from './scan-effect.ts';

/**
 * Closes requests whose hardware is seen on root, or for which there is nothing left to protect.
 *
 * Checks every account with an open request, not only those that changed: a second key beside a first changes
 * nothing that can be seen, and counts once its receipt was confirmed.
 */
export const closeFulfilledTokenRequests: ScanEffect = async (work) => {
  const { tx, at } = work;
  // In the order in which others lock several: by id.
  const all = (await listOpenTokenRequests(tx)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const known = await findKnownAccounts(tx, all.flatMap(openAccountIds));
  for (const open of all) {
    if (closeIfEnrolled(open, currentMfaFor(open, known), at).kind !== 'unchanged') {
      await closeIfFulfilled(work, open.id);
    }
  }
};

async function closeIfFulfilled(work: UnitOfWork, requestId: string): Promise<void> {
  const { tx, at } = work;
  const request = await lockTokenRequest(tx, requestId);
  // It was closed in the meantime.
  if (!request || !isOpen(request)) return;
  const currentMfa = currentMfaFor(request, await findKnownAccounts(tx, openAccountIds(request)));
  const outcome = closeIfEnrolled(request, currentMfa, at);
  if (outcome.kind === 'unchanged') return;

  await saveTokenRequest(tx, outcome.request);
  const enrolled: AccountId[] = [];
  for (const { id, settled } of outcome.request.accounts) {
    const mfa = currentMfa.get(id)?.mfa;
    if (settled !== 'enrolled' || !mfa || !outcome.settled.includes(id)) continue;
    enrolled.push(id);
    await recordAuditEvent(tx, at, 'bot', {
      kind: 'token-enrolled',
      accountId: id,
      detail: { requestId, mfa },
    });
  }
  await recordEnrolledKeys(work, outcome.request, enrolled);
  if (outcome.kind === 'not-needed') await recordTokenStep(work, outcome.request, 'bot');
  await updateTokenRequestNotifications(work, { before: request, after: outcome.request });
}

/** The accounts that still need the request. */
function openAccountIds({ accounts }: OpenTokenRequest): AccountId[] {
  return accounts.filter(({ settled }) => settled === null).map(({ id }) => id);
}

/** Returns the MFA of the accounts that still need the request, where it was read after the request began to wait. */
function currentMfaFor(
  request: OpenTokenRequest,
  known: ReadonlyMap<AccountId, KnownAccount>,
): ReadonlyMap<AccountId, SeenRoot> {
  const since = request.state === 'received' ? request.receivedAt : request.requestedAt;
  const currentMfa = new Map<AccountId, SeenRoot>();
  for (const id of openAccountIds(request)) {
    const account = known.get(id);
    if (!account) continue;
    // The organization no longer lists it, so there is no root user to protect.
    if (account.closedAt !== null) currentMfa.set(id, { mfa: 'not_applicable' });
    else if (
      account.verdict &&
      account.readFailure === null &&
      account.checkedAt &&
      account.checkedAt >= since
    ) {
      currentMfa.set(id, { mfa: account.verdict.mfa, hardwareDevices: hardwareCount(account.rootDevices) });
    }
  }
  return currentMfa;
}
