import { describe, expect, test } from '@jest/globals';
import {
  type AccountComparison,
  type ComplianceChange,
  changeBetween,
  immediateAlertFor,
} from '../../src/domain/change.ts';
import type { Compliance } from '../../src/domain/compliance.ts';
import type { Mfa, Verdict } from '../../src/domain/verdict.ts';
import { anAccount, aVerdict } from '../support/builders.ts';

const RESULTS: Partial<Record<Mfa, Pick<Verdict, 'level1' | 'level2'>>> = {
  none: { level1: 'fail', level2: 'fail' },
  virtual: { level1: 'pass', level2: 'fail' },
  fido: { level1: 'pass', level2: 'pass' },
  no_credentials: { level1: 'not_applicable', level2: 'not_applicable' },
  not_applicable: { level1: 'not_applicable', level2: 'not_applicable' },
};
const snapshot = (compliance: Compliance, mfa: Mfa) => ({
  compliance,
  verdict: aVerdict({ mfa, ...RESULTS[mfa] }),
});
const noncompliant = (mfa: Mfa) => snapshot('noncompliant', mfa);
const compliant = (mfa: Mfa) => snapshot('compliant', mfa);

const aComparison = (
  before: AccountComparison['before'],
  after: AccountComparison['after'],
  over: Partial<AccountComparison> = {},
): AccountComparison => {
  const { id, name, managementAccount } = anAccount();
  return {
    id,
    name,
    managementAccount,
    owner: 'ana@example.com',
    noncompliantSince: null,
    before,
    after,
    ...over,
  };
};

/** Where the only account turns up. */
const changeKinds = (...was: Parameters<typeof aComparison>) => {
  const change = changeBetween([aComparison(...was)]);
  const failing = change.newlyFailing.map(({ cause }) => `newlyFailing: ${cause}`);
  const lists = (Object.keys(change) as (keyof ComplianceChange)[]).filter(
    (list) => list !== 'newlyFailing' && list !== 'outstanding' && change[list].length > 0,
  );
  return [...failing, ...lists];
};

describe('an account that is non-compliant now', () => {
  test('and had MFA has regressed', () => {
    expect(changeKinds(compliant('fido'), noncompliant('none'))).toEqual(['regressed']);
    expect(changeKinds(noncompliant('virtual'), noncompliant('none'))).toEqual(['regressed']);
  });

  test('and had MFA has regressed, even if exempt', () => {
    expect(changeKinds(snapshot('exempt', 'virtual'), snapshot('exempt', 'none'))).toEqual(['regressed']);
  });

  test('and had MFA when it was last seen has regressed', () => {
    expect(changeKinds(snapshot('unknown', 'fido'), noncompliant('none'))).toEqual(['regressed']);
  });

  test('and had no root credentials is newly failing, but lost no MFA', () => {
    expect(changeKinds(snapshot('not_applicable', 'no_credentials'), noncompliant('none'))).toEqual([
      'newlyFailing: changed',
    ]);
  });

  test('and traded its key for an app is newly failing', () => {
    expect(changeKinds(compliant('fido'), noncompliant('virtual'))).toEqual(['newlyFailing: changed']);
  });

  test('because its exemption is over is newly failing', () => {
    expect(changeKinds(snapshot('exempt', 'virtual'), noncompliant('virtual'))).toEqual([
      'newlyFailing: exemption-ended',
    ]);
  });

  test('because it now requires hardware is newly failing', () => {
    expect(changeKinds(compliant('virtual'), noncompliant('virtual'))).toEqual(['newlyFailing: more-asked']);
  });

  test('and was not known before is both new and newly failing', () => {
    expect(changeKinds(null, noncompliant('none'))).toEqual(['newlyFailing: new-account', 'newAccounts']);
  });

  test('as before is not reported', () => {
    expect(changeKinds(noncompliant('none'), noncompliant('none'))).toEqual([]);
  });

  test('as before a scan that could not read it is not reported', () => {
    expect(changeKinds(snapshot('unknown', 'none'), noncompliant('none'))).toEqual([]);
  });
});

describe('an account that fell short', () => {
  test('and no longer does is fixed', () => {
    expect(changeKinds(noncompliant('none'), compliant('virtual'))).toEqual(['fixed']);
    expect(changeKinds(noncompliant('none'), snapshot('not_applicable', 'no_credentials'))).toEqual([
      'fixed',
    ]);
  });

  test('with an exemption, and no longer does, is fixed too', () => {
    expect(changeKinds(snapshot('exempt', 'virtual'), compliant('fido'))).toEqual(['fixed']);
  });

  test('and was fixed while it could not be read is fixed', () => {
    expect(changeKinds(snapshot('unknown', 'none'), compliant('fido'))).toEqual(['fixed']);
  });

  test('is not fixed by requiring less of it', () => {
    expect(changeKinds(noncompliant('virtual'), compliant('virtual'))).toEqual([]);
  });

  test('is not fixed by an exemption', () => {
    expect(changeKinds(noncompliant('virtual'), snapshot('exempt', 'virtual'))).toEqual([]);
  });

  test('is closed, not fixed, when it is suspended or gone', () => {
    expect(changeKinds(noncompliant('none'), snapshot('not_applicable', 'not_applicable'))).toEqual([
      'closed',
    ]);
    expect(changeKinds(noncompliant('none'), null)).toEqual(['closed']);
  });

  test('is newly unknown when it cannot be read any more', () => {
    expect(changeKinds(noncompliant('none'), snapshot('unknown', 'none'))).toEqual(['newlyUnknown']);
  });
});

test('a new account that cannot be read is new and unknown', () => {
  expect(changeKinds(null, { compliance: 'unknown', verdict: null })).toEqual([
    'newlyUnknown',
    'newAccounts',
  ]);
});

test('an account that was never known and is gone is not reported', () => {
  expect(changeKinds(null, null)).toEqual([]);
});

test('GovCloud is neither closed nor fixed', () => {
  const govCloud = snapshot('not_applicable', 'not_applicable');

  expect(changeKinds(govCloud, govCloud)).toEqual([]);
});

let ids = 0;
const anId = () => {
  ids += 1;
  return anAccount({ id: String(ids).padStart(12, '0') }).id;
};

test('the longest outstanding account comes first', () => {
  const since = (noncompliantSince: string) =>
    aComparison(noncompliant('none'), noncompliant('none'), {
      id: anId(),
      noncompliantSince: new Date(noncompliantSince),
    });

  const { outstanding } = changeBetween([since('2026-11-01'), since('2026-03-01'), since('2026-06-01')]);

  expect(outstanding.map(({ noncompliantSince }) => noncompliantSince?.getMonth())).toEqual([2, 5, 10]);
});

test('those without any MFA come before those with an app, the management account before others', () => {
  const named = (name: string, after: Mfa, managementAccount = false) =>
    aComparison(compliant('fido'), noncompliant(after), { id: anId(), name, managementAccount });

  const { newlyFailing, regressed } = changeBetween([
    named('an-app', 'virtual'),
    named('b-lost', 'none'),
    named('c-management', 'none', true),
    named('d-management-app', 'virtual', true),
  ]);

  expect(regressed.map(({ name }) => name)).toEqual(['c-management', 'b-lost']);
  expect(newlyFailing.map(({ account }) => account.name)).toEqual(['d-management-app', 'an-app']);
});

describe('an alarm', () => {
  const alarm = (...was: Parameters<typeof aComparison>) => immediateAlertFor(aComparison(...was));
  const management = { managementAccount: true };

  test('is for MFA that was lost', () => {
    expect(alarm(compliant('virtual'), noncompliant('none'))).toBe('regression');
  });

  test('is for a management account that newly fails', () => {
    expect(alarm(compliant('fido'), noncompliant('virtual'), management)).toBe('management-account');
  });

  test('is not for what can wait for Monday', () => {
    expect(alarm(compliant('fido'), noncompliant('virtual'))).toBeUndefined();
    expect(alarm(null, noncompliant('none'))).toBeUndefined();
  });

  test('does not come back for a management account that goes on failing', () => {
    expect(alarm(noncompliant('virtual'), noncompliant('virtual'), management)).toBeUndefined();
  });
});
