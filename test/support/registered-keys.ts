import type { RegisteredKey } from '../../src/domain/key-register/registered-key.ts';
import { ANA } from './reminders.ts';
import { PAYMENTS } from './token-requests.ts';

/** The main security key of payments-prod, which Ana holds and confirmed on November 24, 2026. */
export function aRegisteredKey(overrides: Partial<RegisteredKey> = {}): RegisteredKey {
  const at = new Date('2026-11-24T09:00:00Z');
  return {
    id: 'k1',
    accountId: PAYMENTS,
    role: 'main',
    kind: 'security-key',
    holder: ANA,
    place: null,
    serial: null,
    batteryEndsOn: null,
    source: 'person',
    requestId: null,
    addedAt: at,
    confirmedAt: at,
    askedAt: null,
    ...overrides,
  };
}
