import { describe, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CallError,
  type Evidence,
  failedResult,
  notAskedResult,
  okResult,
  type SourceResult,
} from '../../src/domain/evidence.ts';
import { judge } from '../../src/domain/judge/judge.ts';
import type { LevelResult } from '../../src/domain/verdict.ts';
import { anAccount } from '../support/builders.ts';

const ROOT = 'arn:aws:iam::111122223333:root';
const BOB = 'arn:aws:iam::111122223333:user/bob';

const aCallError: fc.Arbitrary<CallError> = fc.record({
  call: fc.constantFrom('iam:GetAccountSummary', 'iam:ListMFADevices', 'sts:AssumeRoot'),
  code: fc.constantFrom('AccessDenied', 'Throttling', 'Timeout', 'InvalidAction'),
  message: fc.string(),
});

const aSourceResult = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<SourceResult<T>> =>
  fc.oneof(value.map(okResult), aCallError.map(failedResult), fc.constant(notAskedResult));

const serial = fc.oneof(
  fc.constantFrom(
    'arn:aws:iam::111122223333:mfa/root-account-mfa-device',
    'arn:aws:iam::111122223333:mfa/phone',
    'arn:aws:iam::111122223333:u2f/root/key-1',
    'arn:aws:iam::111122223333:new-kind/root/x',
    'GAKT12345678',
  ),
  fc.string(),
);

const flagged = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
const summary = fc
  .record({
    AccountMFAEnabled: flagged,
    AccountPasswordPresent: flagged,
    AccountAccessKeysPresent: flagged,
    AccountSigningCertificatesPresent: flagged,
    Users: flagged,
    MFADevicesInUse: flagged,
  })
  .map(
    (keys) =>
      Object.fromEntries(Object.entries(keys).filter(([, count]) => count !== undefined)) as Record<
        string,
        number
      >,
  );

const word = fc.constantFrom('true', 'TRUE', 'false', 'not_supported', 'N/A', '');

const anyEvidence: fc.Arbitrary<Evidence> = fc.record({
  account: fc
    .record({
      partition: fc.constantFrom('aws', 'aws-us-gov', 'aws-cn', 'aws-eusc', 'aws-iso', 'toString'),
      state: fc.constantFrom(null, 'ACTIVE', 'ACTIVE', 'ACTIVE', 'SUSPENDED', 'NEW_WORD'),
      managementAccount: fc.boolean(),
    })
    .map((over) => ({ ...anAccount(), ...over })),
  summary: aSourceResult(summary),
  rootDevices: aSourceResult(fc.array(fc.record({ serialNumber: serial }), { maxLength: 8 })),
  virtualDevices: aSourceResult(
    fc.array(
      fc.oneof(
        fc.record({ serialNumber: serial }),
        fc.record({ serialNumber: serial, userArn: fc.constantFrom(ROOT, BOB) }),
      ),
      { maxLength: 8 },
    ),
  ),
  credentialReport: aSourceResult(
    fc.record({ mfa_active: word, password_enabled: word, access_key_1_active: word, cert_2_active: word }),
  ),
  organizationFeatures: aSourceResult(fc.subarray(['RootCredentialsManagement', 'RootSessions'])),
  refusals: fc.array(aCallError, { maxLength: 3 }),
});

const SOURCES = ['summary', 'rootDevices', 'virtualDevices', 'credentialReport'] as const;
const passes = (level: LevelResult) => level === 'pass' || level === 'not_applicable';
const denied = failedResult({ call: 'any', code: 'AccessDenied', message: '' });

describe('whatever AWS answers', () => {
  test('judge answers with one of the known words and a sentence', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const verdict = judge(evidence);
        return verdict.why.endsWith('.') && !/undefined|null\b/.test(verdict.why);
      }),
    );
  });

  test('an error is worth exactly as much as not having asked', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const silent = { ...evidence, refusals: [] as CallError[] };
        for (const source of SOURCES) {
          if (silent[source].kind === 'failed') Object.assign(silent, { [source]: notAskedResult });
        }
        const [okSources, asked] = [judge(evidence), judge(silent)];
        return (
          okSources.level1 === asked.level1 &&
          okSources.level2 === asked.level2 &&
          okSources.mfa === asked.mfa
        );
      }),
    );
  });

  test('a source that is denied never turns a fail into a pass', () => {
    fc.assert(
      fc.property(anyEvidence, fc.constantFrom(...SOURCES), (evidence, source) => {
        // The live summary outranks the report, so a report that was never consulted may say otherwise.
        fc.pre(!(source === 'summary' && evidence.credentialReport.kind === 'ok'));
        const before = judge(evidence);
        const after = judge({ ...evidence, [source]: denied });
        return !(before.level1 === 'fail' && passes(after.level1)) || contradicts(evidence);
      }),
      { numRuns: 2000 },
    );
  });

  test('a device of another user never matters', () => {
    fc.assert(
      fc.property(anyEvidence, fc.array(serial, { maxLength: 5 }), (evidence, serials) => {
        if (evidence.virtualDevices.kind !== 'ok') return true;
        const theirs = serials.map((serialNumber) => ({ serialNumber, userArn: BOB }));
        const crowded = okResult([...theirs, ...evidence.virtualDevices.value, ...theirs]);
        const [alone, among] = [judge(evidence), judge({ ...evidence, virtualDevices: crowded })];
        return JSON.stringify(alone) === JSON.stringify(among);
      }),
    );
  });
});

/** Sources that show a device of root beside a summary that shows none: whichever is left is positive evidence. */
function contradicts({ summary, rootDevices, virtualDevices }: Evidence): boolean {
  const off = summary.kind === 'ok' && (summary.value['AccountMFAEnabled'] ?? 0) === 0;
  const listed = virtualDevices.kind === 'ok' && virtualDevices.value.some(({ userArn }) => userArn === ROOT);
  const own = rootDevices.kind === 'ok' && rootDevices.value.length > 0;
  return off && (listed || own);
}
