import { describe, expect, test } from '@jest/globals';
import { type AccountThenAndNow, alarmOf, type Change, changeBetween } from '../../src/domain/change.ts';
import type { Standing } from '../../src/domain/compliance.ts';
import type { Mfa, Verdict } from '../../src/domain/verdict.ts';
import { anAccount, aVerdict } from '../support/builders.ts';

const RESULTS: Partial<Record<Mfa, Pick<Verdict, 'level1' | 'level2'>>> = {
  none: { level1: 'fail', level2: 'fail' },
  virtual: { level1: 'pass', level2: 'fail' },
  fido: { level1: 'pass', level2: 'pass' },
  no_credentials: { level1: 'not_applicable', level2: 'not_applicable' },
  not_applicable: { level1: 'not_applicable', level2: 'not_applicable' },
};
const stood = (standing: Standing, mfa: Mfa) => ({ standing, verdict: aVerdict({ mfa, ...RESULTS[mfa] }) });
const unmet = (mfa: Mfa) => stood('unmet', mfa);
const met = (mfa: Mfa) => stood('met', mfa);

const anAccountThatWas = (
  before: AccountThenAndNow['before'],
  after: AccountThenAndNow['after'],
  over: Partial<AccountThenAndNow> = {},
): AccountThenAndNow => {
  const { id, name, managementAccount } = anAccount();
  return { id, name, managementAccount, owner: 'ana@example.com', unmetSince: null, before, after, ...over };
};

/** Where the only account turns up. */
const storyOf = (...was: Parameters<typeof anAccountThatWas>) => {
  const change = changeBetween([anAccountThatWas(...was)]);
  const failing = change.newlyFailing.map(({ cause }) => `newlyFailing: ${cause}`);
  const lists = (Object.keys(change) as (keyof Change)[]).filter(
    (list) => list !== 'newlyFailing' && list !== 'outstanding' && change[list].length > 0,
  );
  return [...failing, ...lists];
};

describe('an account that falls short now', () => {
  test('and had MFA has regressed', () => {
    expect(storyOf(met('fido'), unmet('none'))).toEqual(['regressed']);
    expect(storyOf(unmet('virtual'), unmet('none'))).toEqual(['regressed']);
  });

  test('and had MFA has regressed, though it may fall short', () => {
    expect(storyOf(stood('exempt', 'virtual'), stood('exempt', 'none'))).toEqual(['regressed']);
  });

  test('and had MFA when it was last seen has regressed', () => {
    expect(storyOf(stood('unknown', 'fido'), unmet('none'))).toEqual(['regressed']);
  });

  test('and had no root credentials is newly failing, but lost no MFA', () => {
    expect(storyOf(stood('not_applicable', 'no_credentials'), unmet('none'))).toEqual([
      'newlyFailing: changed',
    ]);
  });

  test('and traded its key for an app is newly failing', () => {
    expect(storyOf(met('fido'), unmet('virtual'))).toEqual(['newlyFailing: changed']);
  });

  test('because its exemption is over is newly failing', () => {
    expect(storyOf(stood('exempt', 'virtual'), unmet('virtual'))).toEqual(['newlyFailing: exemption-ended']);
  });

  test('because hardware is asked of it now is newly failing', () => {
    expect(storyOf(met('virtual'), unmet('virtual'))).toEqual(['newlyFailing: more-asked']);
  });

  test('and was not known before is both new and newly failing', () => {
    expect(storyOf(null, unmet('none'))).toEqual(['newlyFailing: new-account', 'newAccounts']);
  });

  test('as it did before is no news', () => {
    expect(storyOf(unmet('none'), unmet('none'))).toEqual([]);
  });

  test('as it did before anybody failed to look is no news', () => {
    expect(storyOf(stood('unknown', 'none'), unmet('none'))).toEqual([]);
  });
});

describe('an account that fell short', () => {
  test('and no longer does is fixed', () => {
    expect(storyOf(unmet('none'), met('virtual'))).toEqual(['fixed']);
    expect(storyOf(unmet('none'), stood('not_applicable', 'no_credentials'))).toEqual(['fixed']);
  });

  test('with leave, and no longer does, is fixed too', () => {
    expect(storyOf(stood('exempt', 'virtual'), met('fido'))).toEqual(['fixed']);
  });

  test('and was fixed while nobody could look is fixed', () => {
    expect(storyOf(stood('unknown', 'none'), met('fido'))).toEqual(['fixed']);
  });

  test('is not fixed by asking less of it', () => {
    expect(storyOf(unmet('virtual'), met('virtual'))).toEqual([]);
  });

  test('is not fixed by an exemption', () => {
    expect(storyOf(unmet('virtual'), stood('exempt', 'virtual'))).toEqual([]);
  });

  test('is closed, not fixed, when it is suspended or gone', () => {
    expect(storyOf(unmet('none'), stood('not_applicable', 'not_applicable'))).toEqual(['closed']);
    expect(storyOf(unmet('none'), null)).toEqual(['closed']);
  });

  test('is newly unknown when it cannot be read any more', () => {
    expect(storyOf(unmet('none'), stood('unknown', 'none'))).toEqual(['newlyUnknown']);
  });
});

test('a new account that cannot be read is new and unknown', () => {
  expect(storyOf(null, { standing: 'unknown', verdict: null })).toEqual(['newlyUnknown', 'newAccounts']);
});

test('an account that was never known and is gone is no news', () => {
  expect(storyOf(null, null)).toEqual([]);
});

test('GovCloud is neither closed nor fixed', () => {
  const govCloud = stood('not_applicable', 'not_applicable');

  expect(storyOf(govCloud, govCloud)).toEqual([]);
});

let ids = 0;
const anId = () => {
  ids += 1;
  return anAccount({ id: String(ids).padStart(12, '0') }).id;
};

test('the longest outstanding account comes first', () => {
  const since = (unmetSince: string) =>
    anAccountThatWas(unmet('none'), unmet('none'), { id: anId(), unmetSince: new Date(unmetSince) });

  const { outstanding } = changeBetween([since('2026-11-01'), since('2026-03-01'), since('2026-06-01')]);

  expect(outstanding.map(({ unmetSince }) => unmetSince?.getMonth())).toEqual([2, 5, 10]);
});

test('those without any MFA come before those with an app, the management account before others', () => {
  const named = (name: string, after: Mfa, managementAccount = false) =>
    anAccountThatWas(met('fido'), unmet(after), { id: anId(), name, managementAccount });

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
  const alarm = (...was: Parameters<typeof anAccountThatWas>) => alarmOf(anAccountThatWas(...was));
  const management = { managementAccount: true };

  test('is for MFA that was lost', () => {
    expect(alarm(met('virtual'), unmet('none'))).toBe('regression');
  });

  test('is for a management account that newly fails', () => {
    expect(alarm(met('fido'), unmet('virtual'), management)).toBe('management-account');
  });

  test('is not for what can wait for Monday', () => {
    expect(alarm(met('fido'), unmet('virtual'))).toBeUndefined();
    expect(alarm(null, unmet('none'))).toBeUndefined();
  });

  test('does not come back for a management account that goes on failing', () => {
    expect(alarm(unmet('virtual'), unmet('virtual'), management)).toBeUndefined();
  });
});
