import type { AccountId } from './account.ts';
import { yearAfter } from './calendar.ts';
import type { SlackUserId } from './person.ts';
import type { Mfa, Verdict } from './verdict.ts';

/** What an owner says of a device that AWS cannot tell apart: a hardware key, or a passkey on a phone. */
export interface Attestation {
  readonly accountId: AccountId;
  readonly attestedBy: SlackUserId;
  readonly attestedAt: Date;
  /** `passkey`: on a phone, a computer or in a password manager, so it can be copied. */
  readonly kind: 'hardware' | 'passkey';
  /** `YubiKey 5C NFC`; asked of hardware. */
  readonly makeModel: string | null;
  readonly expiresAt: Date;
}

export type AttestOutcome =
  | { readonly kind: 'attested'; readonly attestation: Attestation }
  /** AWS shows well enough what the device is. */
  | { readonly kind: 'nothing-to-say' }
  | { readonly kind: 'no-make-and-model' }
  | { readonly kind: 'not-yours' };

/** Records an owner's answer, for a year. */
export function attest(
  answer: { readonly kind: Attestation['kind']; readonly makeModel?: string | undefined },
  subject: {
    readonly accountId: AccountId;
    readonly owner: SlackUserId | null;
    readonly verdict: Pick<Verdict, 'hardwareAssumed'>;
  },
  by: SlackUserId,
  now: Date,
): AttestOutcome {
  if (by !== subject.owner) return { kind: 'not-yours' };
  if (!subject.verdict.hardwareAssumed) return { kind: 'nothing-to-say' };
  const makeModel = answer.makeModel?.trim() || null;
  if (answer.kind === 'hardware' && makeModel === null) return { kind: 'no-make-and-model' };

  const { accountId } = subject;
  return {
    kind: 'attested',
    attestation: {
      accountId,
      attestedBy: by,
      attestedAt: now,
      kind: answer.kind,
      makeModel,
      expiresAt: yearAfter(now, 'UTC'),
    },
  };
}

/** Until when the owner's last word proves hardware; undefined if it does not. */
export function attestedUntil(attestations: Iterable<Attestation>, now: Date): Date | undefined {
  const attestation = latestValidAttestation(attestations, now);
  return attestation?.kind === 'hardware' ? attestation.expiresAt : undefined;
}

/** The owner's last word, while it holds. */
export function latestValidAttestation(
  attestations: Iterable<Attestation>,
  now: Date,
): Attestation | undefined {
  let last: Attestation | undefined;
  for (const attestation of attestations)
    if (!last || attestation.attestedAt >= last.attestedAt) last = attestation;
  return last && now < last.expiresAt ? last : undefined;
}

/** Whether the device that was spoken of is still the one: once root had no such device, the word is void. */
export function stillApplies({ mfa }: Pick<Verdict, 'mfa'>): boolean {
  return MFA_WITH_DEVICE.has(mfa);
}

/** Which of these a look names depends on the way it was taken, not on the device. */
const MFA_WITH_DEVICE: ReadonlySet<Mfa> = new Set(['fido', 'non_virtual', 'hardware', 'mixed', 'unknown']);
