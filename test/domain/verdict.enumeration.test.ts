import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Evidence, failedResult, notAskedResult, okResult } from '../../src/domain/evidence.ts';
import { judge } from '../../src/domain/judge/judge.ts';
import type { Mfa, Verdict } from '../../src/domain/verdict.ts';
import { anAccount } from '../support/builders.ts';

const ROOT = 'arn:aws:iam::111122223333:root';
const APP = 'arn:aws:iam::111122223333:mfa/phone';
const KEY = 'arn:aws:iam::111122223333:u2f/root/key-1';
const NEW_KIND = 'arn:aws:iam::111122223333:implant/root/x';
const TOKEN = 'GAKT12345678';
const denied = failedResult({ call: 'any', code: 'AccessDenied', message: '' });

const COUNTS = [0, 1, undefined] as const;
const SUMMARIES = [
  denied,
  ...COUNTS.flatMap((AccountMFAEnabled) =>
    COUNTS.flatMap((AccountPasswordPresent) =>
      COUNTS.flatMap((AccountAccessKeysPresent) =>
        COUNTS.map((AccountSigningCertificatesPresent) =>
          okResult(
            withoutUndefined({
              AccountMFAEnabled,
              AccountPasswordPresent,
              AccountAccessKeysPresent,
              AccountSigningCertificatesPresent,
            }),
          ),
        ),
      ),
    ),
  ),
];
const ROOT_DEVICES = [
  notAskedResult,
  denied,
  ...[[], [APP], [KEY], [TOKEN], [NEW_KIND], [''], [APP, TOKEN], [KEY, TOKEN]].map((serials) =>
    okResult(serials.map((serialNumber) => ({ serialNumber }))),
  ),
];
const VIRTUAL_DEVICES = [
  notAskedResult,
  denied,
  okResult([]),
  okResult([{ serialNumber: APP, userArn: ROOT }]),
  okResult([{ serialNumber: APP }]),
  okResult([{ serialNumber: APP, assigned: true as const }]),
];
const WORDS = ['true', 'false', 'not_supported'];
const REPORTS = [
  notAskedResult,
  denied,
  ...WORDS.flatMap((mfa_active) =>
    WORDS.flatMap((password_enabled) =>
      WORDS.map((access_key_1_active) => okResult({ mfa_active, password_enabled, access_key_1_active })),
    ),
  ),
];

function withoutUndefined(counts: Record<string, number | undefined>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined)) as never;
}

/** Every combination of what the four sources can say about an active account. */
function* everyEvidence(): Generator<Evidence> {
  for (const summary of SUMMARIES)
    for (const rootDevices of ROOT_DEVICES)
      for (const virtualDevices of VIRTUAL_DEVICES)
        for (const credentialReport of REPORTS)
          yield {
            account: anAccount(),
            summary,
            rootDevices,
            virtualDevices,
            credentialReport,
            organizationFeatures: notAskedResult,
            refusals: [],
          };
}

/** What a careful reader finds in the evidence, source by source. */
function sourceValues({ summary, rootDevices, virtualDevices, credentialReport }: Evidence) {
  const counts: Record<string, number> = summary.kind === 'ok' ? summary.value : {};
  const report: Record<string, string> = credentialReport.kind === 'ok' ? credentialReport.value : {};
  const own =
    rootDevices.kind === 'ok' ? rootDevices.value.map(({ serialNumber }) => serialNumber) : undefined;
  const listed = virtualDevices.kind === 'ok' ? virtualDevices.value : undefined;
  const listedForRoot = listed?.some(({ userArn }) => userArn === ROOT) === true;
  return {
    counts,
    report,
    own,
    listed,
    liveMfa: counts['AccountMFAEnabled'] === 1 || (own?.length ?? 0) > 0 || listedForRoot,
    liveNoMfa: counts['AccountMFAEnabled'] === 0 || own?.length === 0,
    app: own?.includes(APP) === true || listedForRoot,
    noPassword:
      counts['AccountPasswordPresent'] === 0 ||
      (counts['AccountPasswordPresent'] === undefined &&
        counts['AccountMFAEnabled'] === undefined &&
        report['password_enabled'] === 'false'),
    keysSeen: counts['AccountAccessKeysPresent'] !== undefined || report['access_key_1_active'] === 'false',
  };
}

type SourceValues = ReturnType<typeof sourceValues>;

/** What must hold whatever AWS answered: each names a claim, when it is made, and what it needs. */
const CLAIMS: readonly [string, (verdict: Verdict) => boolean, (seen: SourceValues) => boolean][] = [
  [
    'a Level 1 pass needs MFA that is seen, and no live source without it',
    ({ level1 }) => level1 === 'pass',
    (seen) => (seen.liveMfa || seen.report['mfa_active'] === 'true') && seen.own?.length !== 0,
  ],
  [
    'a Level 1 fail needs a source that shows no MFA, and none that shows no password',
    ({ level1 }) => level1 === 'fail',
    (seen) => (seen.liveNoMfa || seen.report['mfa_active'] === 'false') && !seen.noPassword,
  ],
  [
    'an exemption needs a password that is seen to be none',
    ({ level1, level2 }) => level1 === 'not_applicable' || level2 === 'not_applicable',
    (seen) => seen.noPassword,
  ],
  [
    'a Level 2 pass needs a complete list without an app, and only devices of known kinds',
    ({ level2 }) => level2 === 'pass',
    ({ own, listed, app, liveMfa }) =>
      liveMfa &&
      !app &&
      (own
        ? own.length > 0 && own.every((serial) => serial === KEY || serial === TOKEN)
        : listed?.every(({ assigned }) => !assigned) === true),
  ],
  [
    'hardware needs a token that root lists',
    ({ mfa }) => mfa === 'hardware',
    ({ own }) => own?.every((serial) => serial === TOKEN) === true,
  ],
  [
    'no credentials needs keys that are seen to be none',
    ({ mfa }) => mfa === 'no_credentials',
    (seen) => seen.keysSeen && seen.counts['AccountAccessKeysPresent'] !== 1,
  ],
  [
    'root credentials are absent only where the summary shows no key and no certificate, and nothing shows MFA',
    ({ rootCredentials }) => rootCredentials === 'absent',
    (seen) =>
      seen.counts['AccountPasswordPresent'] === 0 &&
      seen.counts['AccountAccessKeysPresent'] === 0 &&
      seen.counts['AccountSigningCertificatesPresent'] === 0 &&
      !seen.liveMfa,
  ],
  [
    'root credentials are present only where one is seen',
    ({ rootCredentials }) => rootCredentials === 'present',
    ({ counts, report, liveMfa }) =>
      liveMfa ||
      Object.values(counts).includes(1) ||
      ['password_enabled', 'mfa_active', 'access_key_1_active'].some((column) => report[column] === 'true'),
  ],
];

describe('whatever the four sources say', () => {
  const unfounded = new Map<string, unknown>();
  const reached = new Set<Mfa>();

  beforeAll(() => {
    for (const evidence of everyEvidence()) {
      const verdict = judge(evidence);
      const seen = sourceValues(evidence);
      reached.add(verdict.mfa);
      for (const [claim, isMade, isFounded] of CLAIMS) {
        if (isMade(verdict) && !isFounded(seen)) unfounded.set(claim, { verdict, evidence });
      }
    }
  });

  test.each(CLAIMS)('%s', (claim) => {
    expect(unfounded.get(claim)).toBeUndefined();
  });

  test('every verdict is reached but those of other partitions and closed accounts', () => {
    expect([...reached].sort()).toEqual([
      'fido',
      'hardware',
      'mixed',
      'no_credentials',
      'no_password',
      'non_virtual',
      'none',
      'unknown',
      'virtual',
    ]);
  });
});
