import type { AccountId } from '../../domain/account.ts';
import { type AttestOutcome, attest } from '../../domain/attestation.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import type { Actor } from '../../domain/person.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import { saveAttestation } from '../../store/attestations.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import { recordAttestedKey } from '../keys/record-keys.ts';
import { resolveOwnerId } from '../owners/resolve-owner-id.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';

export type AttestKeyOutcome = AttestOutcome | { readonly kind: 'no-such-account' };

/** What an owner says of the device. */
export interface AttestKeyInput {
  readonly accountId: AccountId;
  readonly kind: 'hardware' | 'passkey';
  readonly makeModel?: string | undefined;
}

/** Records what the owner says of a device that AWS cannot tell apart. */
export async function attestKey(ctx: Context, input: AttestKeyInput, by: Actor): Promise<AttestKeyOutcome> {
  const { accountId } = input;
  const view = await readAccount(ctx, accountId);
  if (!view) return { kind: 'no-such-account' };
  const owner = await resolveOwnerId(ctx, view);

  return ctx.db.transaction(async (tx) => {
    const now = ctx.now();
    const account = await findKnownAccount(tx, accountId);
    const verdict = account?.verdict ?? { hardwareAssumed: false };
    const outcome = attest(input, { accountId, owner, verdict }, by.id, now);
    if (outcome.kind !== 'attested') return outcome;

    const { attestation } = outcome;
    await saveAttestation(tx, attestation);
    const detail = { device: attestation.kind, makeModel: attestation.makeModel };
    await recordAuditEvent(tx, now, by.id, { kind: 'attested', accountId, detail } satisfies AuditEvent);
    await recordAttestedKey({ tx, at: now }, attestation);
    return outcome;
  });
}
