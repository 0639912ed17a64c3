import { describe, expect, test } from '@jest/globals';
import { type Evidence, failedResult, notAskedResult, okResult } from '../../src/domain/evidence.ts';
import { judge, level2Under } from '../../src/domain/verdict.ts';
import { anEvidence } from '../support/builders.ts';
import { conformanceCases, evidenceOf } from '../support/conformance.ts';

describe('published situations get their verdict', () => {
  test.each(conformanceCases.map((situation) => [situation.id, situation] as const))(
    '%s',
    (_id, situation) => {
      const verdict = judge(evidenceOf(situation));

      const { mfa, l1, l2, l2Strict, confidence, flags } = situation.expected;
      expect({ ...verdict, level2Strict: level2Under('strict', verdict) }).toMatchObject({
        mfa,
        level1: l1,
        level2: l2,
        level2Strict: l2Strict,
        confidence,
        flags: [...flags].sort(),
      });
      expect(verdict.why).toMatch(/^[A-Z].*\.$/);
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
  test('an ARN of an unheard-of kind is MFA, but nobody knows which', () => {
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
