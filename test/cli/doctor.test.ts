import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { checkClock } from '../../src/cli/doctor/clock.ts';
import { createFormatter } from '../../src/cli/doctor/format.ts';
import { satisfiesRange } from '../../src/cli/doctor/machine.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { countRows } from '../../src/store/copy.ts';
import { openDatabase } from '../../src/store/database.ts';
import { startBotHarness } from '../support/bot-harness.ts';
import { emptyDataDir } from '../support/database.ts';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
const dataDir = await emptyDataDir();
const { bot, slack, aws } = await startBotHarness({ env: { DATA_DIR: dataDir } });
afterAll(() => rmSync(folder, { recursive: true }));

const config = join(folder, 'root-mfa.yml');
writeFileSync(
  config,
  `slack: { channel: "#security", admins: [U01SAM, U07FRANK] }
reminders: { mode: preview }
schedule: { timezone: Europe/London }
`,
);

const healthyEnvironment = () => ({
  SLACK_BOT_TOKEN: slack.botToken,
  SLACK_APP_TOKEN: slack.appToken,
  SLACK_API_URL: slack.apiUrl,
  ROOT_MFA_CONFIG: config,
  DATA_DIR: dataDir,
});

interface DoctorReport {
  readonly code: number;
  readonly text: string;
  readonly ok: boolean;
  /** By the name of the check. */
  readonly results: Readonly<
    Record<string, { state: string; message: string; details?: string[]; advice?: string }>
  >;
}

async function runDoctor(env: Record<string, string | undefined> = {}): Promise<DoctorReport> {
  let text = '';
  const stdout = { write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream;
  const code = await doctor({ json: true }, { env: { ...healthyEnvironment(), ...env }, stdout });
  const { ok, findings } = JSON.parse(text);
  return {
    code,
    text,
    ok,
    results: Object.fromEntries(findings.map((finding: { check: string }) => [finding.check, finding])),
  };
}

const state = ({ results }: DoctorReport, check: string) => results[check]?.state;

describe('while the bot runs on its embedded database', () => {
  test('that is left alone, and everything else is looked at', async () => {
    const report = await runDoctor();

    expect(report.results['database']).toMatchObject({
      state: 'skipped',
      message: expect.stringMatching(/a bot runs on/),
    });
    expect(state(report, 'migrations')).toBe('skipped');
    expect(state(report, 'bot token')).toBe('ok');
    expect(state(report, 'root sessions')).toBe('ok');
    expect(report.results['owners']?.message).toMatch(/of 10 accounts looked at have an owner/);
    expect(report).toMatchObject({ code: 0, ok: true });
    expect(await bot.ctx.db.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('a bot that is set up', () => {
  beforeAll(() => bot.stop());

  test('is in order, and what would happen next is told', async () => {
    const report = await runDoctor();

    const broken = Object.values(report.results).filter(
      (one) => one.state === 'failed' || one.state === 'skipped',
    );
    expect(broken).toEqual([]);
    expect(report.results['database']?.message).toMatch(/^answers: PostgreSQL 18/);
    expect(report.results['scopes']?.message).toMatch(/^all \d+ of manifest\.yml/);
    expect(report.results['digest channel']?.message).toBe(
      '#security: a member, and no stranger reads along',
    );
    expect(report.results['admins']).toMatchObject({
      state: 'warning',
      message: '1 active member',
      details: ['U07FRANK is no active member (deactivated)'],
    });
    expect(report.results['clock and AWS']?.message).toBe('agrees with AWS');
    expect(report.results['clock and Slack']?.message).toBe('agrees with Slack');
    expect(report.results['owners']?.message).toMatch(/^\d+ of 39 accounts have an owner/);
    expect(report.results['next digest']).toMatchObject({
      message: expect.stringMatching(/^Mon \d+ \w+ 09:00 Europe\/London to #security/),
      details: [expect.stringMatching(/\w/)],
    });
    expect(report.results['next reminders']?.message).toMatch(
      /^\d+ letters? planned \(Europe\/London\), 0 of them sent: .* is preview$/,
    );
  });

  test('is not changed by a look at it, and nobody hears of it', async () => {
    const before = await openDatabase({ dataDir });
    const rows = await countRows(before);
    await before.close();
    const receivedCalls = slack.as('U01SAM').messages('#security').length;

    await runDoctor();

    const after = await openDatabase({ dataDir });
    expect(await countRows(after)).toEqual(rows);
    await after.close();
    expect(slack.as('U01SAM').messages('#security')).toHaveLength(receivedCalls);
  });

  test('shows no secret', async () => {
    const { text } = await runDoctor();

    expect(text).not.toContain(slack.botToken);
    expect(text).not.toContain(slack.appToken);
  });
});

describe('one thing that is broken is told with what to do, and the rest is looked at all the same', () => {
  test('a configuration with mistakes', async () => {
    const invalid = join(folder, 'wrong.yml');
    writeFileSync(invalid, 'slack: { chanel: "#security" }\n');

    const report = await runDoctor({ ROOT_MFA_CONFIG: invalid });

    expect(report.results['configuration']).toMatchObject({
      state: 'failed',
      details: [expect.stringMatching(/did you mean channel\?/)],
    });
    expect(report.results['digest channel']?.message).toBe(
      'not looked at: it needs a configuration that can be read',
    );
    expect(state(report, 'bot token')).toBe('ok');
    expect(state(report, 'database')).toBe('ok');
    expect(state(report, 'identity')).toBe('ok');
    expect(report.code).toBe(1);
  });

  test('no tokens at all', async () => {
    const report = await runDoctor({ SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' });

    expect(report.results['environment']?.details?.join()).toMatch(/SLACK_BOT_TOKEN is missing/);
    expect(report.results['scopes']?.message).toMatch(/^not looked at: it needs SLACK_BOT_TOKEN/);
    expect(state(report, 'how it is heard')).toBe('failed');
    expect(state(report, 'root sessions')).toBe('ok');
    expect(state(report, 'next digest')).toBe('ok');
  });

  test('a token that Slack does not know', async () => {
    const report = await runDoctor({
      SLACK_BOT_TOKEN: 'xoxb-unknown-token',
      SLACK_APP_TOKEN: 'xapp-unknown-token',
    });

    expect(report.results['bot token']).toMatchObject({
      state: 'failed',
      message: 'Slack refuses SLACK_BOT_TOKEN: invalid_auth',
      advice: expect.stringMatching(/Copy the bot token again/),
    });
    expect(report.results['how it is heard']).toMatchObject({ state: 'failed' });
    expect(state(report, 'identity')).toBe('ok');
  });

  test('Slack that cannot be reached', async () => {
    const report = await runDoctor({ SLACK_API_URL: 'http://127.0.0.1:50999/api/' });

    expect(report.results['bot token']).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/^(Slack cannot be reached|The connection to Slack broke)/),
    });
    expect(state(report, 'accounts')).toBe('ok');
  });

  test.each([
    ['a channel that is not there', '#nowhere', /cannot be seen/],
    ['a channel with strangers in it', '#shared-with-partner', /shared with another company/],
  ])('%s', async (_what, channel, message) => {
    const file = join(folder, 'channel.yml');
    writeFileSync(file, `slack: { channel: "${channel}" }\n`);

    const report = await runDoctor({ ROOT_MFA_CONFIG: file });

    expect(report.results['digest channel']).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(message),
    });
  });

  test('root sessions that are refused', async () => {
    aws.organization.setFault('100020003001', 'sts:AssumeRoot', { kind: 'error', code: 'AccessDenied' });

    const report = await runDoctor();

    aws.organization.clearFaults('100020003001');
    expect(report.results['root sessions']).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/^not possible on security-tooling \(100020003001\): AccessDenied/),
    });
    expect(report.code).toBe(0);
  });

  test('no way into an account', async () => {
    for (const call of ['sts:AssumeRoot', 'sts:AssumeRole']) {
      aws.organization.setFault('100020003001', call, { kind: 'error', code: 'AccessDenied' });
    }

    const report = await runDoctor();

    aws.organization.clearFaults('100020003001');
    expect(report.results['member role']).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/nothing can be read there$/),
    });
    expect(report.code).toBe(1);
  });

  test('a database that a newer version wrote', async () => {
    const db = await openDatabase({ dataDir });
    await db.query(`insert into schema_migrations (name, checksum) values ('9999_future', '')`);
    await db.close();

    const report = await runDoctor();

    expect(report.results['migrations']).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/9999_future/),
    });
    expect(report.results['next digest']?.message).toBe(
      'not looked at: it needs a database with all its tables',
    );
    const again = await openDatabase({ dataDir });
    await again.query(`delete from schema_migrations where name = '9999_future'`);
    await again.close();
  });
});

test('a database that is new needs nothing to be done about its tables', async () => {
  const db = await openDatabase({ dataDir });
  await db.query('alter table schema_migrations rename to put_aside');
  await db.close();

  const report = await runDoctor();

  expect(report.results['migrations']).toMatchObject({
    state: 'ok',
    message: expect.stringMatching(/it is new/),
  });
});

test('on a machine where nothing is set up it says what is missing, makes nothing, and exits with 1', () => {
  const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
  const empty = mkdtempSync(join(folder, 'empty-'));

  const run = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), main, 'doctor'], {
    cwd: empty,
    env: {
      PATH: process.env['PATH'],
      HOME: empty,
      AWS_EC2_METADATA_DISABLED: 'true',
      SLACK_API_URL: 'http://127.0.0.1:50999/',
    },
    encoding: 'utf8',
  });

  expect(run.status).toBe(1);
  expect(run.stderr).toBe('');
  expect(run.stdout).toContain('✖ environment');
  expect(run.stdout).toContain('- SLACK_BOT_TOKEN is missing');
  expect(run.stdout).toContain('there are no AWS credentials');
  expect(run.stdout).not.toContain('\u001b[');
  expect(run.stdout).toMatch(/\d+ fine, \d+ doubtful, \d+ broken, \d+ not looked at\.\n$/);
  expect(readdirSync(empty)).toEqual([]);
});

test.each([
  ['20.19.0', true],
  ['20.18.9', false],
  ['21.7.0', false],
  ['22.12.1', true],
  ['24.0.0', true],
  ['26.1.0', true],
])('Node.js %s is new enough: %s', (version, expected) => {
  expect(satisfiesRange(version, '^20.19.0 || ^22.12.0 || >=24.0.0')).toBe(expected);
});

test.each([
  [2, 'ok', 'agrees with AWS'],
  [90, 'warning', '90 seconds ahead of AWS'],
  [-400, 'failed', '400 seconds behind AWS'],
])('a clock that is %d seconds ahead is %s', (seconds, expected, message) => {
  const serverTime = new Date('2026-11-24T09:00:00Z');

  const finding = checkClock(
    'AWS',
    serverTime.toUTCString(),
    new Date(serverTime.getTime() + seconds * 1000),
  );

  expect(finding).toMatchObject({ state: expected, message });
});

test('on a terminal long sentences are folded beside their names, in colours', () => {
  const formatter = createFormatter({ color: true, columns: 60, longestName: 10 });
  const rendered = formatter.result('scopes', {
    state: 'failed',
    message: 'a sentence that is much longer than what fits into one line of it',
    advice: 'Do something about it, and then do something else about it as well.',
  });

  const plain = stripVTControlCharacters(rendered);
  expect(rendered).not.toBe(plain);
  expect(plain.split('\n').filter((line) => line.length > 60)).toEqual([]);
  expect(plain).toMatch(/^ {2}✖ scopes {6}a sentence/);
  expect(
    plain
      .split('\n')
      .slice(1, -1)
      .every((line) => line.startsWith(' '.repeat(16))),
  ).toBe(true);
});
