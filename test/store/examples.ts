import { type Account, accountId } from '../../src/domain/account.ts';
import type { AccountObservation } from '../../src/domain/scan.ts';
import type { Verdict } from '../../src/domain/verdict.ts';

/** A member account; the number becomes its id. */
export function anAccount(number: number, details: Partial<Account> = {}): Account {
  return {
    id: accountId(String(number).padStart(12, '0')),
    name: `account-${number}`,
    partition: 'aws',
    state: 'ACTIVE',
    managementAccount: false,
    ...details,
  };
}

export const noMfa: Verdict = {
  mfa: 'none',
  level1: 'fail',
  level2: 'fail',
  rootCredentials: 'present',
  rootCredentialsFound: ['password'],
  rootCredentialsWhy: 'Root has a password.',
  confidence: 'observed',
  flags: [],
  why: 'Root has no MFA device.',
  hardwareAssumed: false,
};

export const virtualMfa: Verdict = {
  mfa: 'virtual',
  level1: 'pass',
  level2: 'fail',
  rootCredentials: 'present',
  rootCredentialsFound: ['password', 'mfa_device'],
  rootCredentialsWhy: 'Root has a password and an MFA device.',
  confidence: 'observed',
  flags: [],
  why: 'Root signs in with an authenticator app.',
  hardwareAssumed: false,
};

export const noVerdict: Verdict = {
  mfa: 'unknown',
  level1: 'unknown',
  level2: 'unknown',
  rootCredentials: 'unknown',
  rootCredentialsFound: [],
  rootCredentialsWhy: 'Could not read whether root has a password.',
  confidence: 'none',
  flags: [],
  why: 'Nothing could be read.',
  hardwareAssumed: false,
};

export const accessDeniedError = { call: 'sts:AssumeRoot', code: 'AccessDenied', message: 'Not allowed.' };

/** What one look at the account found. */
export function anObservation(account: Account, verdict: Verdict, checkedAt: Date): AccountObservation {
  return { account, verdict, errors: verdict === noVerdict ? [accessDeniedError] : [], checkedAt };
}

/** Nine o'clock on some day of January 2026. */
export function day(number: number): Date {
  return new Date(Date.UTC(2026, 0, number, 9));
}
