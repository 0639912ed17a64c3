import { describe, expect, test } from '@jest/globals';
import { judge } from '../../src/domain/judge/judge.ts';
import { explainStillFailing } from '../../src/domain/still-failing.ts';
import type { Mfa, Verdict } from '../../src/domain/verdict.ts';
import { aVerdict } from '../support/builders.ts';
import { conformanceCases, evidenceOf } from '../support/conformance.ts';

const level2 = { level: 2, proof: 'benchmark', rootCredentials: 'allowed' } as const;
const app = aVerdict({ mfa: 'virtual', level1: 'pass' });
const mixed = aVerdict({ mfa: 'mixed', level1: 'pass' });
const fido = aVerdict({ mfa: 'fido', level1: 'pass', level2: 'pass', hardwareAssumed: true });

const shown = (before: Mfa | null, after: Verdict) =>
  explainStillFailing(before && { mfa: before }, after, level2)?.observed;

describe('what AWS still shows', () => {
  test.each<[string, Mfa | null, Verdict, RegExp]>([
    ['nothing, as before', 'none', aVerdict(), /still shows no MFA device/],
    ['nothing, for the first time', null, aVerdict(), /still shows no MFA device/],
    ['nothing, though there was an app', 'virtual', aVerdict(), /now has no MFA/],
    ['a password that came back', 'no_credentials', aVerdict(), /has a password again/],
    ['an app, as before', 'virtual', app, /still shows only an authenticator app/],
    ['an app where there was nothing, which is halfway', 'none', app, /requires hardware MFA/],
    ['an app, because the hardware was removed', 'mixed', app, /other way around/],
    ['hardware, and the app not yet removed', 'virtual', mixed, /Hardware MFA is registered/],
    ['both, as before', 'mixed', mixed, /still shows an authenticator app next to/],
  ])('%s', (_name, before, after, words) => {
    expect(shown(before, after)).toMatch(words);
  });

  test('is explained by the most likely mistake first', () => {
    const first = (before: Mfa, after: Verdict) =>
      explainStillFailing({ mfa: before }, after, level2)?.likelyCauses[0];

    expect(first('none', aVerdict())).toMatch(/IAM user/);
    expect(first('virtual', app)).toMatch(/registered as “Authenticator app”/);
    expect(first('virtual', mixed)).toMatch(/choose “Remove”/);
  });

  test('needs no explanation once the fix shows', () => {
    expect(shown('virtual', fido)).toBeUndefined();
    expect(shown('none', aVerdict({ mfa: 'no_credentials', level2: 'not_applicable' }))).toBeUndefined();
    expect(
      explainStillFailing({ mfa: 'none' }, app, { level: 1, proof: 'benchmark', rootCredentials: 'allowed' }),
    ).toBeUndefined();
  });

  test('is a key of unknown type where policy requires proof', () => {
    const explained = (attested: boolean) =>
      explainStillFailing(
        { mfa: 'virtual' },
        fido,
        { level: 2, proof: 'strict', rootCredentials: 'allowed' },
        attested,
      );

    expect(explained(false)?.likelyCauses).toEqual([expect.stringMatching(/confirm the key type here/)]);
    expect(explained(true)).toBeUndefined();
  });
});

test('there is an explanation exactly when the account does not comply', () => {
  for (const situation of conformanceCases) {
    const verdict = judge(evidenceOf(situation));
    const explained = explainStillFailing(null, verdict, level2) !== undefined;

    expect([situation.id, explained]).toEqual([
      situation.id,
      verdict.level2 === 'fail' || verdict.level2 === 'unknown',
    ]);
  }
});
