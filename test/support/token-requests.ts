import { type AccountId, accountId } from '../../src/domain/account.ts';
import {
  type AccountInQuestion,
  type Approved,
  approve,
  type Received,
  type Requested,
  receive,
  requestToken,
  type Shipped,
  ship,
  type TokenForm,
} from '../../src/domain/token-request.ts';
import type { Mfa } from '../../src/domain/verdict.ts';
import { ANA, SAM } from './reminders.ts';

export const PAYMENTS: AccountId = accountId('111122223333');
export const LEDGER: AccountId = accountId('111122224444');
export const ana = { id: ANA, admin: false };
export const admin = { id: SAM, admin: true };

/** An account of Ana's, with an app on root unless said otherwise. */
export function anAccountInQuestion(over: { id?: AccountId; mfa?: Mfa } & Partial<AccountInQuestion> = {}) {
  const { mfa = 'virtual', ...rest } = over;
  return { id: PAYMENTS, owner: ANA, openRequest: null, verdict: { mfa }, ...rest };
}

export const tokenForm: TokenForm = { id: 'r1', kind: 'security-key', quantity: 2 };
export const tokenPolicy = { kinds: ['security-key', 'totp-token'] as const, offices: [] };

/** Monday, 2 November 2026, ten o'clock in Berlin. */
export const MONDAY = new Date('2026-11-02T10:00+01:00');

/** Ana's request for two keys. */
export function aRequested(...accounts: AccountInQuestion[]): Requested {
  const asked = accounts.length > 0 ? accounts : [anAccountInQuestion()];
  return only(requestToken(tokenForm, asked, ana, tokenPolicy, MONDAY), 'requested').request;
}

export function anApproved(...accounts: AccountInQuestion[]): Approved {
  return only(approve(aRequested(...accounts), admin, MONDAY), 'approved').request;
}

export function aShipped(...accounts: AccountInQuestion[]): Shipped {
  return only(ship(anApproved(...accounts), admin, { note: 'DHL 123' }, MONDAY), 'shipped').request;
}

export function aReceived(...accounts: AccountInQuestion[]): Received {
  return only(receive(aShipped(...accounts), ANA, MONDAY), 'received').request;
}

/** The outcome, if it is of that kind. */
export function only<T extends { kind: string }, K extends T['kind']>(
  outcome: T,
  kind: K,
): Extract<T, { kind: K }> {
  if (outcome.kind !== kind) throw new Error(`expected ${kind}, got ${outcome.kind}`);
  return outcome as Extract<T, { kind: K }>;
}
