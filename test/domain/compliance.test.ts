import { describe, expect, test } from '@jest/globals';
import { cisNumber } from '../../src/domain/cis.ts';
import { complianceOf } from '../../src/domain/compliance.ts';
import { type Policy, type Requirement, requirementFor } from '../../src/domain/policy.ts';
import { anAccount, aVerdict } from '../support/builders.ts';

const now = new Date('2026-11-24T09:00:00Z');
const tomorrow = new Date('2026-11-25T09:00:00Z');

const forbidden: Requirement = { level: 2, proof: 'strict', rootCredentials: 'forbidden' };
const withKey = aVerdict({ mfa: 'hardware', level1: 'pass', level2: 'pass', rootCredentials: 'present' });
const without = aVerdict({
  mfa: 'no_credentials',
  level1: 'not_applicable',
  level2: 'not_applicable',
  rootCredentials: 'absent',
});

describe('where policy forbids root credentials', () => {
  test('an account with credentials is non-compliant, whatever its MFA', () => {
    expect(complianceOf(withKey, forbidden, {}, now)).toBe('noncompliant');
  });

  test('an account without any is compliant at every level', () => {
    expect(complianceOf(without, forbidden, {}, now)).toBe('compliant');
    expect(complianceOf(without, { ...forbidden, level: 1 }, {}, now)).toBe('compliant');
  });

  test('credentials that could not be read are not taken for none', () => {
    expect(complianceOf({ ...without, rootCredentials: 'unknown' }, forbidden, {}, now)).toBe('unknown');
  });

  test('a root user who signs in without MFA fails even if other credentials could not be read', () => {
    const verdict = aVerdict({ mfa: 'none', level1: 'fail', level2: 'fail', rootCredentials: 'unknown' });

    expect(complianceOf(verdict, forbidden, {}, now)).toBe('noncompliant');
  });

  test('an exemption covers them until it ends', () => {
    expect(complianceOf(withKey, forbidden, { exemptUntil: tomorrow }, now)).toBe('exempt');
    expect(complianceOf(withKey, forbidden, { exemptUntil: tomorrow }, tomorrow)).toBe('noncompliant');
  });

  test('a closed account stays not applicable', () => {
    const closed = aVerdict({
      mfa: 'not_applicable',
      level1: 'not_applicable',
      level2: 'not_applicable',
      rootCredentials: 'not_applicable',
    });

    expect(complianceOf(closed, forbidden, {}, now)).toBe('not_applicable');
  });
});

describe('root credentials are forbidden', () => {
  const policy: Policy = {
    level: 1,
    managementAccountLevel: 2,
    proof: 'benchmark',
    rootCredentials: 'allowed',
    rules: [{ match: { accounts: [], orgUnits: ['/Sandbox/**'], tags: {} }, rootCredentials: 'forbidden' }],
  };
  const member = anAccount();
  const requiredIn = (orgUnit: string | null, account = member) =>
    requirementFor(account, { orgUnit, tags: {} }, policy).rootCredentials;

  test('where a rule says so, and not elsewhere', () => {
    expect(requiredIn('/Sandbox/Team')).toBe('forbidden');
    expect(requiredIn('/Production')).toBe('allowed');
  });

  test('where the org unit that a rule needs could not be read', () => {
    expect(requiredIn(null)).toBe('forbidden');
  });

  test('never in the management account, because AWS cannot remove them there', () => {
    const management = { ...member, managementAccount: true };
    const everywhere = { ...policy, rootCredentials: 'forbidden' as const };

    expect(requiredIn('/Sandbox', management)).toBe('allowed');
    expect(requirementFor(management, { orgUnit: '/', tags: {} }, everywhere).rootCredentials).toBe(
      'allowed',
    );
    expect(requirementFor(member, { orgUnit: '/', tags: {} }, everywhere).rootCredentials).toBe('forbidden');
  });
});

test('centralized root access is a recommendation since CIS 7.0.0', () => {
  expect(cisNumber('central-root-access', '7.0.0')).toBe('2.1.1');
  expect(cisNumber('central-root-access', '6.0.0')).toBeUndefined();
});
