import { randomUUID } from 'node:crypto';
import type { AccountId } from '../../domain/account.ts';
import type { Attestation } from '../../domain/attestation.ts';
import { registerAttestedKey, registerEnrolledKeys } from '../../domain/key-register/enrolled-key.ts';
import type { RootEvent } from '../../domain/root-events/root-event.ts';
import type { TokenRequest } from '../../domain/token-request.ts';
import { findKnownAccounts } from '../../store/account-cache.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { confirmKeysOfAccount, listRegisteredKeys, lockKeyRegister } from '../../store/registered-keys.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';
import { writeKey } from './edit-key.ts';

type Work = Pick<UnitOfWork, 'tx' | 'at'>;

/** Writes the keys of a request that a scan saw on root of these accounts into the register. */
export async function recordEnrolledKeys(
  work: Work,
  request: TokenRequest,
  accountIds: readonly AccountId[],
): Promise<void> {
  if (accountIds.length === 0) return;
  const { tx, at: now } = work;
  await lockKeyRegister(tx);
  const accounts = await findKnownAccounts(tx, accountIds);
  for (const accountId of accountIds) {
    const keys = await listRegisteredKeys(tx, accountId);
    const devices = accounts.get(accountId)?.rootDevices ?? null;
    const entries = registerEnrolledKeys(request, { accountId, keys, devices }, { newId: randomUUID, now });
    for (const entry of entries) await writeKey(work, entry, 'bot');
  }
}

/** Writes what an owner said of the key on root into the register. */
export async function recordAttestedKey(work: Work, attestation: Attestation): Promise<void> {
  await lockKeyRegister(work.tx);
  const keys = await listRegisteredKeys(work.tx, attestation.accountId);
  const entry = registerAttestedKey(attestation, keys, randomUUID());
  if (entry) await writeKey(work, entry, attestation.attestedBy);
}

/** Confirms the keys of accounts to whose root user someone signed in with MFA, other than an authenticator app. */
export async function confirmKeysBySignIn({ tx, at }: Work, events: readonly RootEvent[]): Promise<void> {
  const signIns = new Map<AccountId, Date>();
  for (const event of events.filter(showsKey)) {
    const before = signIns.get(event.accountId);
    if (!before || before < event.at) signIns.set(event.accountId, event.at);
  }
  if (signIns.size === 0) return;
  await lockKeyRegister(tx);
  for (const [accountId, signedInAt] of signIns) {
    const keys = await confirmKeysOfAccount(tx, accountId, signedInAt);
    if (keys === 0) continue;
    await recordAuditEvent(tx, at, 'bot', {
      kind: 'keys-confirmed',
      accountId,
      detail: { by: 'sign-in', keys },
    });
  }
}

function showsKey({ kind, succeeded, mfaUsed, device }: RootEvent): boolean {
  const isApp = device !== null && /^arn:[^:]+:iam::\d{12}:mfa\//.test(device);
  return kind === 'signed-in' && succeeded && mfaUsed === true && !isApp;
}
