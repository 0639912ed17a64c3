import type { AccountId } from '../../domain/account.ts';
import { type AttestOutcome, attest } from '../../domain/attestation.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import type { Actor } from '../../domain/person.ts';
import { rememberAttestation } from '../../store/attestations.ts';
import { record } from '../../store/audit-log.ts';
import { knownAccount } from '../../store/account-cache.ts';
import type { Context } from '../shared/context.ts';
import { ownerId } from '../owners/resolve-owner-id.ts';
import { readAccount } from '../shared/read-accounts.ts';

export type AttestKeyOutcome = AttestOutcome | { readonly kind: 'no-such-account' };

/** What an owner says of the device. */
export interface KeyAnswer {
  readonly accountId: AccountId;
  readonly kind: 'hardware' | 'passkey';
  readonly makeModel?: string | undefined;
}

/** Records what the owner says of a device that AWS cannot tell apart. */
export async function attestKey(ctx: Context, answer: KeyAnswer, by: Actor): Promise<AttestKeyOutcome> {
  const { accountId } = answer;
  const view = await readAccount(ctx, accountId);
  if (!view) return { kind: 'no-such-account' };
  const owner = await ownerId(ctx, view);

  return ctx.db.transaction(async (tx) => {
    const now = ctx.now();
    const account = await knownAccount(tx, accountId);
    const verdict = account?.verdict ?? { hardwareAssumed: false };
    const outcome = attest(answer, { accountId, owner, verdict }, by.id, now);
    if (outcome.kind !== 'attested') return outcome;

    const { attestation } = outcome;
    await rememberAttestation(tx, attestation);
    const detail = { device: attestation.kind, makeModel: attestation.makeModel };
    await record(tx, now, by.id, { kind: 'attested', accountId, detail } satisfies AuditEvent);
    return outcome;
  });
}
