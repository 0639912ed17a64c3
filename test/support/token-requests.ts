import { type AccountId, accountId } from '../../src/domain/account.ts';
import {
  type Approved,
  approve,
  createTokenRequest,
  type Received,
  type RequestableAccount,
  type Requested,
  receive,
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
export function aTokenRequestAccount(
  overrides: { id?: AccountId; mfa?: Mfa } & Partial<RequestableAccount> = {},
) {
  const { mfa = 'virtual', ...rest } = overrides;
  return { id: PAYMENTS, owner: ANA, openRequest: null, verdict: { mfa }, ...rest };
}

export const tokenForm: TokenForm = { id: 'r1', kind: 'security-key', quantity: 2 };
export const tokenPolicy = { kinds: ['security-key', 'totp-token'] as const, offices: [] };

/** Monday, 2 November 2026, ten o'clock in Berlin. */
export const MONDAY = new Date('2026-11-02T10:00+01:00');

/** Ana's request for two keys. */
export function aPendingTokenRequest(...accounts: RequestableAccount[]): Requested {
  const requestAccounts = accounts.length > 0 ? accounts : [aTokenRequestAccount()];
  return expectKind(createTokenRequest(tokenForm, requestAccounts, ana, tokenPolicy, MONDAY), 'requested')
    .request;
}

export function anApprovedTokenRequest(...accounts: RequestableAccount[]): Approved {
  return expectKind(approve(aPendingTokenRequest(...accounts), admin, MONDAY), 'approved').request;
}

export function aShippedTokenRequest(...accounts: RequestableAccount[]): Shipped {
  return expectKind(ship(anApprovedTokenRequest(...accounts), admin, { note: 'DHL 123' }, MONDAY), 'shipped')
    .request;
}

export function aReceivedTokenRequest(...accounts: RequestableAccount[]): Received {
  return expectKind(receive(aShippedTokenRequest(...accounts), { id: ANA, admin: false }, MONDAY), 'received')
    .request;
}

/** The outcome, if it is of that kind. */
export function expectKind<T extends { kind: string }, K extends T['kind']>(
  outcome: T,
  kind: K,
): Extract<T, { kind: K }> {
  if (outcome.kind !== kind) throw new Error(`expected ${kind}, got ${outcome.kind}`);
  return outcome as Extract<T, { kind: K }>;
}
