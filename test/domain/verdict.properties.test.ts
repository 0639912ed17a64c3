import { describe, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CallError,
  type Evidence,
  notAsked,
  type Sighting,
  seen,
  unseen,
} from '../../src/domain/evidence.ts';
import { judge, type LevelResult } from '../../src/domain/verdict.ts';
import { anAccount } from '../support/builders.ts';

const ROOT = 'arn:aws:iam::111122223333:root';
const BOB = 'arn:aws:iam::111122223333:user/bob';

const anError: fc.Arbitrary<CallError> = fc.record({
  call: fc.constantFrom('iam:GetAccountSummary', 'iam:ListMFADevices', 'sts:AssumeRoot'),
  code: fc.constantFrom('AccessDenied', 'Throttling', 'Timeout', 'InvalidAction'),
  message: fc.string(),
});

const aSighting = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Sighting<T>> =>
  fc.oneof(value.map(seen), anError.map(unseen), fc.constant(notAsked));

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
  summary: aSighting(summary),
  rootDevices: aSighting(fc.array(fc.record({ serialNumber: serial }), { maxLength: 8 })),
  virtualDevices: aSighting(
    fc.array(
      fc.oneof(
        fc.record({ serialNumber: serial }),
        fc.record({ serialNumber: serial, userArn: fc.constantFrom(ROOT, BOB) }),
      ),
      { maxLength: 8 },
    ),
  ),
  credentialReport: aSighting(
    fc.record({ mfa_active: word, password_enabled: word, access_key_1_active: word, cert_2_active: word }),
  ),
  organizationFeatures: aSighting(fc.subarray(['RootCredentialsManagement', 'RootSessions'])),
  refusals: fc.array(anError, { maxLength: 3 }),
});

const SOURCES = ['summary', 'rootDevices', 'virtualDevices', 'credentialReport'] as const;
const passes = (level: LevelResult) => level === 'pass' || level === 'not_applicable';
const denied = unseen({ call: 'any', code: 'AccessDenied', message: '' });

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
          if (silent[source].kind === 'unseen') Object.assign(silent, { [source]: notAsked });
        }
        const [told, asked] = [judge(evidence), judge(silent)];
        return told.level1 === asked.level1 && told.level2 === asked.level2 && told.mfa === asked.mfa;
      }),
    );
  });

  test('a source that is denied never turns a fail into a pass', () => {
    fc.assert(
      fc.property(anyEvidence, fc.constantFrom(...SOURCES), (evidence, source) => {
        // The live summary outranks the report, so a report that was never consulted may say otherwise.
        fc.pre(!(source === 'summary' && evidence.credentialReport.kind === 'seen'));
        const before = judge(evidence);
        const after = judge({ ...evidence, [source]: denied });
        return !(before.level1 === 'fail' && passes(after.level1)) || contradicted(evidence);
      }),
      { numRuns: 2000 },
    );
  });

  test('a device of somebody else never matters', () => {
    fc.assert(
      fc.property(anyEvidence, fc.array(serial, { maxLength: 5 }), (evidence, serials) => {
        if (evidence.virtualDevices.kind !== 'seen') return true;
        const theirs = serials.map((serialNumber) => ({ serialNumber, userArn: BOB }));
        const crowded = seen([...theirs, ...evidence.virtualDevices.value, ...theirs]);
        const [alone, among] = [judge(evidence), judge({ ...evidence, virtualDevices: crowded })];
        return JSON.stringify(alone) === JSON.stringify(among);
      }),
    );
  });
});

/** Sources that show a device of root beside a summary that shows none: whichever is left is positive evidence. */
function contradicted({ summary, rootDevices, virtualDevices }: Evidence): boolean {
  const off = summary.kind === 'seen' && (summary.value['AccountMFAEnabled'] ?? 0) === 0;
  const listed =
    virtualDevices.kind === 'seen' && virtualDevices.value.some(({ userArn }) => userArn === ROOT);
  const own = rootDevices.kind === 'seen' && rootDevices.value.length > 0;
  return off && (listed || own);
}
