import { describe, expect, test } from '@jest/globals';
import { demoCompany } from '../../src/demo/company.ts';
import type { Account } from '../../src/domain/account.ts';
import { AWS_DOCS } from '../../src/domain/aws-docs.ts';
import { CIS_VERSIONS } from '../../src/domain/cis.ts';
import { judge } from '../../src/domain/judge/judge.ts';
import type { Requirement } from '../../src/domain/policy.ts';
import {
  ENROLMENT_WARNINGS,
  type Remediation,
  type RemediationContext,
  remediationFor,
} from '../../src/domain/remediation.ts';
import type { Confidence, Mfa, Verdict } from '../../src/domain/verdict.ts';
import { anAccount, aVerdict } from '../support/builders.ts';
import { conformanceCases, evidenceOf } from '../support/conformance.ts';

const member: Account = anAccount();
const management = anAccount({ managementAccount: true });
const standalone = anAccount({ state: null });

const level1: Requirement = { level: 1, proof: 'benchmark', rootCredentials: 'allowed' };
const level2: Requirement = { level: 2, proof: 'benchmark', rootCredentials: 'allowed' };
const strict: Requirement = { level: 2, proof: 'strict', rootCredentials: 'allowed' };

const none = aVerdict();
const app = aVerdict({ mfa: 'virtual', level1: 'pass' });
const mixed = aVerdict({ mfa: 'mixed', level1: 'pass' });
const passes = (mfa: Mfa, over: Partial<Verdict> = {}) =>
  aVerdict({ mfa, level1: 'pass', level2: 'pass', ...over });
const fido = passes('fido', { hardwareAssumed: true });
const notApplicable = (mfa: Mfa, over: Partial<Verdict> = {}) =>
  aVerdict({ mfa, level1: 'not_applicable', level2: 'not_applicable', ...over });
const rootKey = { flags: ['root_access_key_present'] } as const;
const halfKnown = aVerdict({ mfa: 'unknown', level1: 'pass', level2: 'unknown' });

const remediation = (
  account: Account,
  verdict: Verdict | null,
  asked: Requirement,
  context: Partial<RemediationContext> = {},
): Remediation => remediationFor(account, verdict, asked, { cis: '7.0.0', links: [], ...context });

/** The situation, then the ways out of it. */
const optionsStory = ({ kind, options }: Remediation) =>
  [kind, ...options.map((way) => way.kind)].join(' > ');

describe('the way out', () => {
  test.each<[string, Account, Verdict | null, Requirement, string]>([
    [
      'of a member account without MFA is to remove the credentials',
      member,
      none,
      level1,
      'remove-root-credentials > remove-credentials > security-key > hardware-token > authenticator-app',
    ],
    [
      'of a member account with an app, if hardware is asked, too',
      member,
      app,
      level2,
      'remove-root-credentials > remove-credentials > security-key > hardware-token',
    ],
    [
      'of an account alone without MFA is any MFA',
      standalone,
      none,
      level2,
      'enrol-any-then-hardware > security-key > hardware-token > authenticator-app',
    ],
    [
      'of an account alone with an app is hardware beside it',
      standalone,
      app,
      level2,
      'enrol-hardware-beside-app > security-key > hardware-token',
    ],
    [
      'of hardware and an app is to remove the app',
      member,
      mixed,
      level2,
      'remove-app > remove-app > remove-credentials',
    ],
    ['of hardware and an app in an account alone', standalone, mixed, level2, 'remove-app > remove-app'],
    [
      'of a management account is never central: without MFA',
      management,
      none,
      level2,
      'management-account > security-key > hardware-token > authenticator-app',
    ],
    [
      'of a management account is never central: with an app',
      management,
      app,
      level2,
      'management-account > security-key > hardware-token',
    ],
    [
      'of a management account is never central: with both',
      management,
      mixed,
      level2,
      'management-account > remove-app',
    ],
    [
      'of a passkey of unknown kind is to ask, where proof is asked',
      member,
      fido,
      strict,
      'say-what-the-key-is > say-what-the-key-is',
    ],
    [
      'of hardware by elimination is to ask, even of a management account',
      management,
      passes('non_virtual', { hardwareAssumed: true, confidence: 'inferred' }),
      strict,
      'say-what-the-key-is > say-what-the-key-is',
    ],
    [
      'of a root key left behind is to delete it',
      member,
      notApplicable('no_password', rootKey),
      level1,
      'delete-root-key > remove-credentials > delete-root-key',
    ],
    [
      'of a root key left behind in a management account',
      management,
      notApplicable('no_password', rootKey),
      level2,
      'delete-root-key > delete-root-key',
    ],
    [
      'of a root key beside good hardware is to delete it',
      member,
      passes('hardware', rootKey),
      level2,
      'delete-root-key > delete-root-key',
    ],
    [
      'of GovCloud is elsewhere',
      anAccount({ partition: 'aws-us-gov' }),
      notApplicable('not_applicable'),
      level2,
      'govcloud',
    ],
    [
      'of a GovCloud root key is to delete it',
      anAccount({ partition: 'aws-us-gov' }),
      notApplicable('not_applicable', rootKey),
      level2,
      'govcloud > delete-root-key',
    ],
    ['of China is no way', anAccount({ partition: 'aws-cn' }), null, level2, 'china'],
    [
      'of an account that was not read yet is to look',
      member,
      null,
      level1,
      'could-not-read > let-the-bot-look',
    ],
    [
      'of a kind that was not read is to look, where hardware is asked',
      member,
      halfKnown,
      level2,
      'could-not-read > let-the-bot-look',
    ],
    [
      'of a kind that was not read is none, where any MFA is asked',
      member,
      halfKnown,
      level1,
      'nothing-to-do',
    ],
    ['of an app is none, where any MFA is asked', member, app, level1, 'nothing-to-do'],
    ['of a passkey is none by the benchmark', member, fido, level2, 'nothing-to-do'],
    ['of root without credentials is none', member, notApplicable('no_credentials'), level2, 'nothing-to-do'],
    [
      'of a suspended account is none',
      anAccount({ state: 'SUSPENDED' }),
      notApplicable('not_applicable'),
      level2,
      'nothing-to-do',
    ],
  ])('%s', (_name, account, verdict, asked, story) => {
    expect(optionsStory(remediation(account, verdict, asked))).toBe(story);
  });

  test('ignores the last verdict once later checks failed', () => {
    const readFailure = {
      since: new Date('2026-11-24T03:00Z'),
      errors: [{ call: 'sts:AssumeRole', code: 'AccessDenied', message: '' }],
    };

    const { kind, options } = remediation(member, none, level1, { readFailure });

    expect(kind).toBe('could-not-read');
    expect(options[0]).toMatchObject({
      actor: 'admin',
      steps: expect.arrayContaining([expect.stringMatching(/reader role/)]),
    });
  });

  test('is none once the owner said that the key is hardware', () => {
    expect(remediation(member, fido, strict, { attestation: { kind: 'hardware' } }).kind).toBe(
      'nothing-to-do',
    );
  });

  test('is hardware once the owner said that it is a passkey', () => {
    const { kind, options } = remediation(member, fido, strict, { attestation: { kind: 'passkey' } });

    expect(kind).toBe('enrol-hardware-beside-passkey');
    expect(options[0]?.steps.some((step) => /select the old passkey/.test(step))).toBe(true);
  });

  test('is not central in a partition that is not known to support it', () => {
    const european = anAccount({ partition: 'aws-eusc' });

    expect(remediation(european, none, level1).kind).toBe('enrol-any-then-hardware');
    expect(remediation(european, aVerdict({ flags: ['root_credentials_removable'] }), level1).kind).toBe(
      'remove-root-credentials',
    );
  });
});

describe('removing the credentials', () => {
  const central = (over: Partial<Verdict>) => remediation(member, aVerdict(over), level1).options[0];

  test('begins with the feature, unless it is enabled already', () => {
    expect(central({})?.steps[0]).toMatch(/enable “Root credentials management”/);
    expect(central({ flags: ['root_credentials_removable'] })?.steps.join()).not.toMatch(
      /Once for the company/,
    );
  });

  test('asks first what a root key is used for', () => {
    expect(central({ flags: ['root_access_key_present'] })?.steps[0]).toMatch(
      /what uses the root access key/,
    );
  });

  test('is for an admin with permission', () => {
    expect(central({})).toMatchObject({ actor: 'admin', actorText: expect.stringMatching(/sts:AssumeRoot/) });
  });

  test('warns of password recovery that is left open', () => {
    expect(remediation(member, none, level1).warnings.join()).toMatch(/Allow password recovery/);
  });
});

describe('registering hardware', () => {
  test('warns of both common mistakes', () => {
    expect(remediation(standalone, app, level2).warnings).toEqual(ENROLMENT_WARNINGS);
  });

  test('ends with removing the app, if there is one', () => {
    const lastBut1 = (verdict: Verdict) => remediation(standalone, verdict, level2).options[0]?.steps.at(-2);

    expect(lastBut1(app)).toMatch(/Remove/);
    expect(lastBut1(none)).toMatch(/second device/);
  });

  test('may wait for an app of today, which is enough only for Level 1', () => {
    const title = (asked: Requirement) => remediation(standalone, none, asked).options.at(-1)?.title;

    expect(title(level1)).toBe('Register an authenticator app');
    expect(title(level2)).toBe('Register an authenticator app until your hardware key arrives');
  });
});

describe('a root access key', () => {
  test('is deleted in every option that signs in as root', () => {
    const withKey = aVerdict({ mfa: 'virtual', level1: 'pass', ...rootKey });
    const { options } = remediation(standalone, withKey, level2);

    expect(options.map(({ kind }) => kind)).toEqual(['security-key', 'hardware-token']);
    for (const { steps } of options) expect(steps.at(-2)).toMatch(/delete the root access key/);
  });

  test('is no step where there is none', () => {
    expect(remediation(standalone, app, level2).options[0]?.steps.join()).not.toMatch(/access key/);
  });
});

test('an authenticator app gets a second device beside it', () => {
  expect(remediation(standalone, none, level1).options.at(-1)?.steps.join()).toMatch(/second device/);
});

test('an owner who needs any MFA reads no warning about hardware', () => {
  expect(remediation(standalone, none, level1).warnings).toEqual([]);
});

test('a hardware token must be one that AWS accepts', () => {
  const { steps, pages } = remediation(standalone, none, level2).options[1] ?? {};

  expect(steps?.[0]).toMatch(/sold for AWS/);
  expect(pages).toContainEqual(AWS_DOCS.acceptedDevices);
});

test('the numbers are those of the version that the company follows', () => {
  const numbers = (cis: '3.0.0' | '7.0.0', verdict: Verdict, asked: Requirement) =>
    remediation(member, verdict, asked, { cis }).cis.numbers.map(({ number }) => number);

  expect(numbers('7.0.0', none, level1)).toEqual(['2.5']);
  expect(numbers('7.0.0', app, level2)).toEqual(['2.5', '2.6']);
  expect(numbers('3.0.0', aVerdict(rootKey), level2)).toEqual(['1.5', '1.6', '1.4']);
});

test('the company’s own pages come along', () => {
  const links = [{ title: 'How we keep keys', url: 'https://wiki.example.com/keys' }];

  expect(remediation(member, none, level1, { links }).links).toEqual(links);
});

describe('every account of the demo', () => {
  const verdictOf = (expected: { mfa: Mfa; confidence: Confidence } & Pick<Verdict, 'level1' | 'level2'>) =>
    aVerdict({ ...expected, hardwareAssumed: expected.mfa === 'fido' || expected.mfa === 'non_virtual' });

  test('finds its way', () => {
    const { accounts, organization } = demoCompany();
    const story = (name: string) => {
      const found = accounts.find((account) => account.name === name);
      if (!found) throw new Error(name);
      const account = anAccount({
        id: found.id,
        state: found.state ?? 'ACTIVE',
        managementAccount: found.id === organization.managementAccountId,
      });
      return remediation(account, verdictOf(found.expected), level2).kind;
    };

    expect(story('example-management')).toBe('nothing-to-do');
    expect(story('payments-prod')).toBe('remove-root-credentials');
    expect(story('platform-tools')).toBe('remove-app');
    expect(story('ben-prototype')).toBe('remove-root-credentials');
    expect(story('ml-lab')).toBe('could-not-read');
    expect(story('acquired-startup')).toBe('could-not-read');
    expect(story('sandbox')).toBe('nothing-to-do');
    expect(story('old-website')).toBe('nothing-to-do');
  });
});

describe('whatever the situation', () => {
  const accounts = [member, management, standalone];
  const everything = conformanceCases.flatMap((situation) => {
    const evidence = evidenceOf(situation);
    const verdict = judge(evidence);
    const own = anAccount({ ...evidence.account });
    return [own, ...accounts].flatMap((account) =>
      [level1, level2, strict].flatMap((asked) =>
        ([undefined, { kind: 'passkey' }, { kind: 'hardware' }] as const).map((attestation) => ({
          asked,
          verdict,
          shown: remediation(account, verdict, asked, { attestation }),
        })),
      ),
    );
  });

  test('a way is shown exactly where something is to be done', () => {
    const idle = everything.filter(({ shown }) => shown.options.length === 0).map(({ shown }) => shown.kind);

    expect([...new Set(idle)].sort()).toEqual(['china', 'govcloud', 'nothing-to-do']);
    expect(
      everything.filter(({ shown }) => shown.kind === 'nothing-to-do' && shown.options.length > 0),
    ).toEqual([]);
  });

  test('one way is recommended, and it is the first', () => {
    for (const { shown } of everything) {
      expect(shown.options.map(({ recommended }) => recommended)).toEqual(
        shown.options.map((_, n) => n === 0),
      );
    }
  });

  test('steps are short, plain and in order', () => {
    const steps = everything.flatMap(({ shown }) => shown.options.flatMap((way) => way.steps));

    expect(steps.filter((step) => step.length > 200)).toEqual([]);
    expect(steps.filter((step) => /[*`<>]|^\d/.test(step))).toEqual([]);
    expect(steps.filter((step) => !/[.?]$/.test(step))).toEqual([]);
  });

  test('pages are those of AWS', () => {
    const pages = everything.flatMap(({ shown }) => [
      ...shown.pages,
      ...shown.options.flatMap((way) => way.pages),
    ]);

    for (const { url } of [...pages, ...Object.values(AWS_DOCS)]) {
      expect(url).toMatch(
        /^https:\/\/(docs\.(aws\.amazon\.com|amazonaws\.cn)\/[\w/-]+\.html|aws\.amazon\.com\/[\w/-]+\/)$/,
      );
    }
  });

  test('a failing account is never told that there is nothing to do', () => {
    const left = everything.filter(
      ({ asked, verdict, shown }) =>
        (asked.level === 1 ? verdict.level1 : verdict.level2) === 'fail' && shown.kind === 'nothing-to-do',
    );

    expect(left).toEqual([]);
  });

  test('an admin removes forbidden credentials, password first and MFA last, and no one buys a key', () => {
    const forbidden: Requirement = { ...level2, rootCredentials: 'forbidden' };
    const shown = remediation(member, passes('hardware'), forbidden);
    const [removal, ...others] = shown.options;
    const commands = removal?.commands?.join('\n') ?? '';

    expect(shown.kind).toBe('remove-root-credentials');
    expect(others).toEqual([]);
    expect(removal).toMatchObject({ kind: 'remove-credentials', actor: 'admin' });
    expect(commands).toContain(`--target-principal ${member.id} `);
    expect(commands.indexOf('delete-login-profile')).toBeLessThan(commands.indexOf('delete-access-key'));
    expect(commands.indexOf('delete-access-key')).toBeLessThan(commands.indexOf('deactivate-mfa-device'));
    expect(shown.cis.numbers).toContainEqual({ control: 'central-root-access', number: '2.1.1' });
  });

  test('every version of the benchmark has its numbers', () => {
    for (const cis of CIS_VERSIONS) {
      expect(remediation(member, app, level2, { cis }).cis).toMatchObject({
        version: cis,
        numbers: [{}, {}],
      });
    }
  });
});
