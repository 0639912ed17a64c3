import type { Attestation } from '../../src/domain/attestation.ts';
import { ANA } from './reminders.ts';
import { MONDAY, PAYMENTS } from './token-requests.ts';

/** Ana's word that the device is a hardware key, good for a year. */
export function anAttestation(overrides: Partial<Attestation> = {}): Attestation {
  return {
    accountId: PAYMENTS,
    attestedBy: ANA,
    attestedAt: MONDAY,
    kind: 'hardware',
    makeModel: 'YubiKey 5C NFC',
    expiresAt: new Date('2027-11-02T10:00+01:00'),
    ...overrides,
  };
}
