import { describe, expect, test } from '@jest/globals';
import type { CallError } from '../../src/domain/evidence.ts';
import { unknownReasonOf } from '../../src/domain/unknown-reason.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { aVerdict } from '../support/builders.ts';

const reasonAfter = (...errors: readonly [call: string, code: string][]) =>
  unknownReasonOf({
    verdict: aVerdict(),
    readFailure: {
      since: new Date('2026-11-24'),
      errors: errors.map(([call, code]): CallError => ({ call, code, message: '' })),
    },
  });

describe('the last thing that failed says why an account was not read', () => {
  test.each([
    ['no-way-in', 'sts:AssumeRole', 'AccessDenied'],
    ['reading-refused', 'iam:GetAccountSummary', 'AccessDeniedException'],
    ['throttled', 'iam:ListVirtualMFADevices', 'Throttling'],
    ['unreachable', 'iam:GetAccountSummary', 'Timeout'],
    ['unreachable', 'sts:AssumeRoot', 'ECONNREFUSED'],
    ['other', 'iam:ListMFADevices', 'WrongAccount'],
  ])('%s: %s answered %s', (reason, call, code) => {
    expect(reasonAfter(['sts:AssumeRoot', 'AccessDenied'], [call, code])).toBe(reason);
  });

  test('and if nothing failed, the answer was unusable', () => {
    expect(reasonAfter()).toBe('unclear-answer');
  });
});

describe('a current verdict says itself what it leaves open', () => {
  const open = (verdict: Partial<Verdict> | null) =>
    unknownReasonOf({ verdict: verdict && aVerdict(verdict), readFailure: null });

  test('when there is none yet', () => {
    expect(open(null)).toBe('never-read');
  });

  test('when the kind of device was hidden, unheard of, or not proven', () => {
    const halfKnown = { mfa: 'unknown', level1: 'pass', level2: 'unknown' } as const;

    expect(open(halfKnown)).toBe('kind-not-read');
    expect(open({ ...halfKnown, flags: ['unrecognised_device'] })).toBe('unrecognised-device');
    expect(open({ mfa: 'fido', level1: 'pass', level2: 'pass', hardwareAssumed: true })).toBe(
      'hardware-not-proven',
    );
  });
});
