import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ConfigError, configJsonSchema, loadConfig, parseConfig } from '../../src/config/config.ts';
import { readEnvironment } from '../../src/config/environment.ts';

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('root-mfa.yml', () => {
  test('an empty file and no file at all mean the defaults', () => {
    const config = parseConfig('');

    expect(config).toEqual(loadConfig({}));
    expect(config.policy).toEqual({
      cis: '7.0.0',
      level: 1,
      managementAccountLevel: 2,
      rules: [],
      proof: 'benchmark',
      rootCredentials: 'allowed',
    });
    expect(config.aws.memberRole).toBe('RootMfaReader');
    expect(config.reminders.mode).toBe('preview');
  });

  test('a target names its accounts, what they reach, and the last day that counts', () => {
    const config = parseConfig(
      [
        'targets:',
        '  - name: Production on hardware',
        '    match: { orgUnits: ["/Production/**"] }',
        '    level: 2',
        '    by: 2027-03-31',
        '  - { name: No root credentials, rootCredentials: forbidden, by: 2027-06-30 }',
      ].join('\n'),
    );

    expect(config.targets).toEqual([
      {
        name: 'Production on hardware',
        match: { accounts: [], orgUnits: ['/Production/**'], tags: {} },
        level: 2,
        by: '2027-03-31',
      },
      {
        name: 'No root credentials',
        match: { accounts: [], orgUnits: [], tags: {} },
        rootCredentials: 'forbidden',
        by: '2027-06-30',
      },
    ]);
  });

  test.each([
    ['{ name: A, level: 2 }', 'targets.0.by: expected a day such as 2027-03-31'],
    ['{ name: A, level: 2, by: 2027-02-30 }', 'targets.0.by: expected a day such as 2027-03-31'],
    ['{ name: A, level: 2, by: March }', 'targets.0.by: expected a day such as 2027-03-31'],
    ['{ name: A, by: 2027-03-31 }', 'targets.0: expected either level or rootCredentials'],
    [
      '{ name: A, level: 2, rootCredentials: forbidden, by: 2027-03-31 }',
      'targets.0: expected either level or rootCredentials',
    ],
    [
      '{ name: A, rootCredentials: allowed, by: 2027-03-31 }',
      'targets.0.rootCredentials: expected forbidden',
    ],
    [
      '{ name: A, level: 2, until: 2027-03-31 }',
      'targets.0.until: unknown key; expected one of name, match,',
    ],
    ['{ level: 2, by: 2027-03-31 }', 'targets.0.name: expected a name of 1 to 60 characters'],
    [
      '{ name: A, level: 2, by: 2027-03-31 }, { name: a, level: 1, by: 2027-03-31 }',
      'targets: expected each name once, but a name is used twice',
    ],
  ])('a target that cannot be used is refused: %s', (targets, expected) => {
    expect(problemsOf(() => parseConfig(`targets: [${targets}]`)).join('\n')).toContain(expected);
  });

  test('a digest is grouped by org unit or by a tag, and by nothing else', () => {
    expect(parseConfig('digest: { groupBy: "tag:team" }').digest.groupBy).toBe('tag:team');
    expect(problemsOf(() => parseConfig('digest: { groupBy: team }')).join('\n')).toContain(
      'digest.groupBy: expected orgUnit, or tag: and the key of a tag, such as tag:team',
    );
  });

  test('a key without a value means its default', () => {
    expect(parseConfig('aws:\n  memberRole:\n  externalId:\nowners:\n').aws.memberRole).toBe('RootMfaReader');
  });

  test('account ids keep their leading zero, quoted or not, as value and as key', () => {
    const config = parseConfig(
      'aws: { exclude: [012345678901] }\nowners: { accounts: { 099999999999: U01SAM } }',
    );

    expect(config.aws.exclude).toEqual(['012345678901']);
    expect(config.owners.accounts).toEqual({ '099999999999': 'U01SAM' });
  });

  test('all mistakes are reported together, each with its line and what was expected', () => {
    const text = [
      'aws:',
      '  memberRol: Reader',
      '  exclude: [1234]',
      'policy:',
      '  level: 3',
      'schedule: { timezone: Europe/Lodnon }',
      'tokens: { mode: link }',
    ].join('\n');

    expect(problemsOf(() => parseConfig(text))).toEqual([
      'root-mfa.yml:2: aws.memberRol: unknown key; did you mean memberRole?',
      'root-mfa.yml:3: aws.exclude.0: expected an AWS account ID, 12 digits',
      'root-mfa.yml:5: policy.level: expected 1 (any MFA) or 2 (hardware MFA)',
      'root-mfa.yml:6: schedule.timezone: expected a time zone such as Europe/London',
      'root-mfa.yml:7: tokens.url: expected an https:// address, because tokens.mode is link',
    ]);
  });

  test.each([
    ['a tab for indentation', 'aws:\n\tmemberRole: x', /root-mfa\.yml:2: tabs are not allowed/],
    ['a key that is there twice', 'aws: {}\naws: {}', /root-mfa\.yml:2: map keys must be unique/],
    ['a list where a map belongs', '- aws', /root-mfa\.yml:1: the file: invalid input: expected object/],
    ['discovery by a list that is empty', 'aws: { discovery: accounts }', /expected at least one account/],
    [
      'a schedule for the first Monday of a month',
      'schedule: { digest: "0 9 * * 1#1" }',
      /expected a cron expression of five fields/,
    ],
    [
      'a schedule for the last day of a month',
      'schedule: { digest: "0 9 L * *" }',
      /expected a cron expression of five fields/,
    ],
    ['a time table in words', 'schedule: { scan: hourly }', /expected a cron expression of five fields/],
    [
      'working hours that end before they begin',
      'reminders: { workingHours: "17:00-09:00" }',
      /expected hours/,
    ],
  ])('%s is one clear sentence', (_what, text, sentence) => {
    const problems = problemsOf(() => parseConfig(text));

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(sentence);
  });

  test('a secret in the file is refused, and not repeated', () => {
    const problems = problemsOf(() => parseConfig('slack: { channel: xoxb-12345-abcdef }'));

    expect(problems).toContainEqual(expect.stringContaining('this looks like a secret'));
    expect(problems.join()).not.toContain('12345');
  });

  test('a file that is named but missing is an error, not the defaults', () => {
    expect(problemsOf(() => loadConfig({ ROOT_MFA_CONFIG: '/nowhere/root-mfa.yml' }))).toEqual([
      '/nowhere/root-mfa.yml: cannot be read (ENOENT): check the path in ROOT_MFA_CONFIG',
    ]);
  });

  test('the published JSON Schema is the one that checks', () => {
    const published = JSON.parse(
      readFileSync(new URL('../../root-mfa.schema.json', import.meta.url), 'utf8'),
    );

    expect(published).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });
});

describe('the environment of the bot', () => {
  const good = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' };

  test('two tokens are enough', () => {
    expect(readEnvironment(good)).toMatchObject({ PORT: 3000, DATA_DIR: './data', LOG_LEVEL: 'info' });
  });

  test('an empty variable is one that is not set', () => {
    expect(readEnvironment({ ...good, DATABASE_URL: '', PORT: '' })).toMatchObject({ PORT: 3000 });
  });

  test('every mistake is named, and no value is shown', () => {
    const problems = problemsOf(() =>
      readEnvironment({
        SLACK_BOT_TOKEN: 'secret-1',
        PORT: 'http',
        DATABASE_URL: 'mysql://root:secret-2@db/x',
        LOG_LEVEL: 'loud',
      }),
    );

    expect(problems.map((problem) => problem.split(' ')[0])).toEqual([
      'SLACK_BOT_TOKEN',
      'PORT',
      'DATABASE_URL',
      'LOG_LEVEL',
      'SLACK_APP_TOKEN',
    ]);
    expect(problems.join()).not.toContain('secret-');
  });

  test('a Slack API elsewhere would receive the bot token and needs a word more', () => {
    const elsewhere = { ...good, SLACK_API_URL: 'https://slack.evil.example/api/' };

    expect(problemsOf(() => readEnvironment(elsewhere))).toEqual([expect.stringContaining('SLACK_API_URL')]);
    expect(readEnvironment({ ...elsewhere, ROOT_MFA_ALLOW_REMOTE_SLACK_API: '1' })).toBeDefined();
    expect(readEnvironment({ ...good, SLACK_API_URL: 'http://127.0.0.1:4000/api/' })).toBeDefined();
  });
});
