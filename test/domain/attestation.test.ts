import { describe, expect, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import { attest, attestedUntil, latestValidAttestation, stillApplies } from '../../src/domain/attestation.ts';
import { ANA, BEN } from '../support/reminders.ts';

const now = new Date('2026-11-24T10:00Z');
const inAYear = new Date('2027-11-24T10:00Z');
const account = { accountId: accountId('111122223333'), owner: ANA, verdict: { hardwareAssumed: true } };
const key = { kind: 'hardware', makeModel: 'YubiKey 5C NFC' } as const;

const attestation = (answer: Parameters<typeof attest>[0], at: Date) => {
  const outcome = attest(answer, account, ANA, at);
  if (outcome.kind !== 'attested') throw new Error(outcome.kind);
  return outcome.attestation;
};

describe('the owner’s word', () => {
  test('proves hardware for a year', () => {
    const sentences = [attestation(key, now)];

    expect(attestedUntil(sentences, now)).toEqual(inAYear);
    expect(attestedUntil(sentences, new Date(inAYear.getTime() - 1))).toEqual(inAYear);
    expect(attestedUntil(sentences, inAYear)).toBeUndefined();
  });

  test('proves nothing when it is a passkey', () => {
    expect(attestedUntil([attestation({ kind: 'passkey' }, now)], now)).toBeUndefined();
  });

  test('is the last one given', () => {
    const [first, second] = [attestation(key, now), attestation({ kind: 'passkey' }, new Date('2026-12-01'))];

    expect(attestedUntil([second, first], new Date('2026-12-02'))).toBeUndefined();
    expect(latestValidAttestation([second, first], new Date('2026-12-02'))).toBe(second);
    expect(latestValidAttestation([second, first], second.expiresAt)).toBeUndefined();
  });

  test('is taken from the owner only', () => {
    expect(attest(key, account, BEN, now)).toEqual({ kind: 'not-yours' });
    expect(attest(key, { ...account, owner: null }, ANA, now)).toEqual({ kind: 'not-yours' });
  });

  test('names make and model, for hardware', () => {
    expect(attest({ kind: 'hardware', makeModel: ' ' }, account, ANA, now)).toEqual({
      kind: 'no-make-and-model',
    });
    expect(attest({ kind: 'passkey' }, account, ANA, now).kind).toBe('attested');
  });

  test('is not asked where AWS shows the device', () => {
    expect(attest(key, { ...account, verdict: { hardwareAssumed: false } }, ANA, now)).toEqual({
      kind: 'nothing-to-say',
    });
  });

  test.each([
    ['fido', true],
    ['non_virtual', true],
    ['unknown', true],
    ['virtual', false],
    ['none', false],
    ['no_credentials', false],
  ] as const)('is still of the device when root shows %s: %s', (mfa, still) => {
    expect(stillApplies({ mfa })).toBe(still);
  });
});
