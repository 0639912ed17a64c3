import {
  createExemptionRequest,
  type ExemptionForm,
  type ExemptionPolicy,
  type GrantedExemption,
  grantExemptionRequest,
  type RequestedExemption,
} from '../../src/domain/exemption.ts';
import { ANA } from './reminders.ts';
import { admin, expectKind, MONDAY, PAYMENTS } from './token-requests.ts';

export const exemptionPolicy: ExemptionPolicy = { maxDays: 90 };

/** Ana's question of that Monday, for leave until the end of the year. */
export function aRequestedExemption(overrides: Partial<ExemptionForm> = {}): RequestedExemption {
  const form = {
    id: 'x1',
    accountId: PAYMENTS,
    reason: 'The key is stuck at customs',
    lastDay: '2026-12-31',
    ...overrides,
  };
  const inputs = { open: undefined, policy: exemptionPolicy, zone: 'Europe/Berlin' };
  return expectKind(createExemptionRequest(form, ANA, inputs, MONDAY), 'asked').exemption;
}

/** The same, granted by an admin. */
export function aGrantedExemption(overrides: Partial<ExemptionForm> = {}): GrantedExemption {
  return expectKind(
    grantExemptionRequest(aRequestedExemption(overrides), admin, 'Ask again in January', MONDAY),
    'granted',
  ).exemption;
}
