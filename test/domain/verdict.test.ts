import { describe, expect, test } from '@jest/globals';
import { type Evidence, failedResult, notAskedResult, okResult } from '../../src/domain/evidence.ts';
import { judge } from '../../src/domain/judge/judge.ts';
import { level2Under } from '../../src/domain/verdict.ts';
import { anEvidence } from '../support/builders.ts';
import { conformanceCases, evidenceOf } from '../support/conformance.ts';

describe('published situations get their verdict', () => {
  test.each(conformanceCases.map((situation) => [situation.id, situation] as const))(
    '%s',
    (_id, situation) => {
      const verdict = judge(evidenceOf(situation));

      const { mfa, l1, l2, l2Strict, rootCredentials, confidence, flags } = situation.expected;
      expect({ ...verdict, level2Strict: level2Under('strict', verdict) }).toMatchObject({
        mfa,
        level1: l1,
        level2: l2,
        level2Strict: l2Strict,
        rootCredentials,
        confidence,
        flags: [...flags].sort(),
      });
      expect(verdict.why).toMatch(/^[A-Z].*\.$/);
      expect(verdict.rootCredentialsWhy).toMatch(/^[A-Z].*\.$/);
    },
  );
});

const denied = failedResult({ call: 'iam:ListVirtualMFADevices', code: 'AccessDenied', message: 'no' });
const APP = 'arn:aws:iam::111122223333:mfa/phone';
const KEY = 'arn:aws:iam::111122223333:u2f/root/key-1';

describe('where sources contradict each other', () => {
  test('a summary with MFA and a root that lists no device are both unbelievable', () => {
    const verdict = judge(anEvidence({ summary: { AccountMFAEnabled: 1 }, rootDevices: [] }));

    expect(verdict).toMatchObject({ mfa: 'unknown', level1: 'unknown', confidence: 'conflict' });
    expect(verdict.flags).toContain('sources_disagree');
  });

  test('a summary without MFA and a root that lists a device are both unbelievable', () => {
    const verdict = judge(anEvidence({ summary: { AccountMFAEnabled: 0 }, rootDevices: [KEY] }));

    expect(verdict).toMatchObject({ mfa: 'unknown', level1: 'unknown', confidence: 'conflict' });
  });

  test('an app that only the account list shows still makes hardware mixed', () => {
    const verdict = judge(
      anEvidence({ summary: { AccountMFAEnabled: 1 }, rootDevices: [KEY], virtualDevices: [APP] }),
    );

    expect(verdict).toMatchObject({ mfa: 'mixed', level1: 'pass', level2: 'fail' });
    expect(verdict.flags).toContain('sources_disagree');
  });
});

describe('devices of root', () => {
  test('an ARN of an unheard-of kind is MFA of an unknown kind', () => {
    const verdict = judge(
      anEvidence({
        summary: { AccountMFAEnabled: 1 },
        rootDevices: ['arn:aws:iam::111122223333:implant/root/x'],
      }),
    );

    expect(verdict).toMatchObject({
      mfa: 'unknown',
      level1: 'pass',
      level2: 'unknown',
      confidence: 'observed',
    });
    expect(verdict.flags).toContain('unrecognised_device');
  });

  test('a device without a serial is MFA of an unknown kind, not hardware', () => {
    const verdict = judge(anEvidence({ summary: { AccountMFAEnabled: 1 }, rootDevices: [''] }));

    expect(verdict).toMatchObject({ mfa: 'unknown', level1: 'pass', level2: 'unknown' });
    expect(verdict.flags).toContain('unrecognised_device');
  });

  test("a virtual device with an unknown assignee can be root's", () => {
    const verdict = judge(
      anEvidence({
        summary: { AccountMFAEnabled: 1 },
        virtualDevices: [{ serialNumber: APP, assigned: true }],
      }),
    );

    expect(verdict).toMatchObject({ mfa: 'unknown', level1: 'pass', level2: 'unknown' });
    expect(verdict.why).toContain('without its user');
  });

  test('a device list without a summary is proof enough', () => {
    const verdict = judge(anEvidence({ summary: denied, rootDevices: ['GAKT12345678'] }));

    expect(verdict).toMatchObject({ mfa: 'hardware', level1: 'pass', level2: 'pass' });
  });

  test('an attested key passes where hardware must be proven', () => {
    const verdict = judge(anEvidence({ summary: { AccountMFAEnabled: 1 }, rootDevices: [KEY] }));

    expect(level2Under('benchmark', verdict)).toBe('pass');
    expect(level2Under('strict', verdict)).toBe('unknown');
    expect(level2Under('strict', verdict, true)).toBe('pass');
  });
});

describe("root's own empty list beside a summary that could not be read", () => {
  const emptyList = { summary: denied, rootDevices: [] };

  test('says nothing about a password', () => {
    const verdict = judge(anEvidence(emptyList));

    expect(verdict).toMatchObject({ mfa: 'unknown', level1: 'unknown', level2: 'unknown' });
    expect(verdict.why).toContain('could not be read');
  });

  test('is not outranked by a credential report with MFA, which is older', () => {
    const verdict = judge(
      anEvidence({ ...emptyList, credentialReport: { mfa_active: 'true', password_enabled: 'true' } }),
    );

    expect(verdict).toMatchObject({ mfa: 'unknown', level1: 'unknown', level2: 'unknown' });
    expect(verdict.flags).toEqual(['credential_report_stale']);
  });
});

describe('root credentials', () => {
  const none = {
    AccountMFAEnabled: 0,
    AccountPasswordPresent: 0,
    AccountAccessKeysPresent: 0,
    AccountSigningCertificatesPresent: 0,
  };
  const notReported = ({ ...counts }: Record<string, number>, key: string) => {
    delete counts[key];
    return counts;
  };

  test('are absent when all four kinds are seen to be none', () => {
    expect(judge(anEvidence({ summary: none }))).toMatchObject({
      mfa: 'no_credentials',
      rootCredentials: 'absent',
      rootCredentialsFound: [],
      rootCredentialsWhy: 'Root has no password, access key, signing certificate or MFA device.',
    });
  });

  test.each([
    ['AccountPasswordPresent', 'password', 'Root has a password.'],
    ['AccountAccessKeysPresent', 'access_key', 'Root has an access key.'],
    ['AccountSigningCertificatesPresent', 'signing_certificate', 'Root has a signing certificate.'],
    ['AccountMFAEnabled', 'mfa_device', 'Root has an MFA device.'],
  ])('are present when %s is 1, and say what is left', (key, kind, why) => {
    expect(judge(anEvidence({ summary: { ...none, [key]: 1 } }))).toMatchObject({
      rootCredentials: 'present',
      rootCredentialsFound: [kind],
      rootCredentialsWhy: why,
    });
  });

  test.each(['AccountAccessKeysPresent', 'AccountSigningCertificatesPresent'])(
    'are unknown when %s was not reported, and root is not said to have none',
    (key) => {
      expect(judge(anEvidence({ summary: notReported(none, key) }))).toMatchObject({
        mfa: 'no_password',
        level1: 'not_applicable',
        rootCredentials: 'unknown',
      });
    },
  );

  test('are never absent by the credential report, which leaves out inactive keys', () => {
    const verdict = judge(
      anEvidence({
        summary: denied,
        credentialReport: {
          mfa_active: 'false',
          password_enabled: 'false',
          access_key_1_active: 'false',
          access_key_2_active: 'false',
        },
      }),
    );

    expect(verdict).toMatchObject({ mfa: 'no_credentials', rootCredentials: 'unknown' });
    expect(verdict.rootCredentialsWhy).toBe(
      'Could not confirm whether root has a password, an access key, a signing certificate or an MFA device.',
    );
  });
});

test('a signing certificate alone is a credential that must go', () => {
  const verdict = judge(
    anEvidence({
      summary: { AccountMFAEnabled: 0, AccountPasswordPresent: 0, AccountSigningCertificatesPresent: 1 },
    }),
  );

  expect(verdict).toMatchObject({ mfa: 'no_password', flags: ['root_signing_certificate_present'] });
  expect(verdict.why).toContain('signing certificate');
});

test('an account outside any organization has no state and is examined', () => {
  const evidence: Evidence = {
    ...anEvidence({ summary: { AccountMFAEnabled: 0 } }),
    account: { ...anEvidence({}).account, state: null },
    organizationFeatures: notAskedResult,
    virtualDevices: okResult([]),
  };

  expect(judge(evidence).level1).toBe('fail');
});
