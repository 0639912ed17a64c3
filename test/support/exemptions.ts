import {
  type Asked,
  ask,
  type ExemptionForm,
  type ExemptionPolicy,
  type Granted,
  grant,
} from '../../src/domain/exemption.ts';
import { ANA } from './reminders.ts';
import { admin, MONDAY, only, PAYMENTS } from './token-requests.ts';

export const exemptionPolicy: ExemptionPolicy = { maxDays: 90 };

/** Ana's question of that Monday, for leave until the end of the year. */
export function anAsked(over: Partial<ExemptionForm> = {}): Asked {
  const form = {
    id: 'x1',
    accountId: PAYMENTS,
    reason: 'The key is stuck at customs',
    lastDay: '2026-12-31',
    ...over,
  };
  const circumstances = { open: undefined, policy: exemptionPolicy, zone: 'Europe/Berlin' };
  return only(ask(form, ANA, circumstances, MONDAY), 'asked').exemption;
}

/** The same, granted by an admin. */
export function aGranted(over: Partial<ExemptionForm> = {}): Granted {
  return only(grant(anAsked(over), admin, 'Ask again in January', MONDAY), 'granted').exemption;
}
