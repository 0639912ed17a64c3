import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { checkClock } from '../../src/cli/doctor/clock.ts';
import { createFormatter } from '../../src/cli/doctor/format.ts';
import { satisfiesRange } from '../../src/cli/doctor/machine.ts';
import { doctor } from '../../src/cli/doctor.ts';
import { countRows } from '../../src/store/copy.ts';
import { openDatabase } from '../../src/store/database.ts';
import { startBotHarness } from '../support/bot-harness.ts';
import { compiled } from '../support/compiled.ts';
import { emptyDataDir } from '../support/database.ts';

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
const dataDir = await emptyDataDir();
const { bot, slack, aws } = await startBotHarness({ env: { DATA_DIR: dataDir } });
afterAll(() => rmSync(folder, { recursive: true }));

const SETTINGS = `slack: { channel: "#security", admins: [U01SAM, U07FRANK] }
reminders: { mode: preview }
schedule: { timezone: Europe/London }
`;
const configWithGuardrails = join(folder, 'guardrails.yml');
writeFileSync(configWithGuardrails, SETTINGS);
// Reading policies takes seconds, at the pace of a small quota, and most tests are not about them.
const WITHOUT_GUARDRAILS = 'guardrails: { check: "off" }\n';
const config = join(folder, 'root-mfa.yml');
writeFileSync(config, `${SETTINGS}${WITHOUT_GUARDRAILS}`);

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

const failedChecks = ({ results }: DoctorReport) =>
  Object.entries(results).filter(([, result]) => result.state === 'failed');

describe('while the bot is running on its embedded database', () => {
  test('doctor does not open the database and checks everything else', async () => {
    const report = await runDoctor({ ROOT_MFA_CONFIG: configWithGuardrails });

    expect(report.results['database']).toMatchObject({
      state: 'skipped',
      message: expect.stringMatching(/a running bot uses/),
    });
    expect(state(report, 'migrations')).toBe('skipped');
    expect(state(report, 'bot token')).toBe('ok');
    expect(state(report, 'root sessions')).toBe('ok');
    expect(report.results['guardrails']).toMatchObject({
      state: 'warning',
      details: expect.arrayContaining([
        expect.stringContaining('enable it again for this OU with the parameter ExemptAssumeRoot'),
      ]),
    });
    expect(report.results['owners']?.message).toMatch(/of 10 sampled accounts have a reachable owner/);
    expect(report).toMatchObject({ code: 0, ok: true });
    expect(await bot.ctx.db.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('a bot that is set up', () => {
  beforeAll(() => bot.stop());

  test('passes every check and previews what happens next', async () => {
    const report = await runDoctor();

    const failed = Object.values(report.results).filter(
      (one) => one.state === 'failed' || one.state === 'skipped',
    );
    expect(failed).toEqual([]);
    expect(report.results['database']?.message).toMatch(/^connected: PostgreSQL 18/);
    expect(report.results['scopes']?.message).toMatch(/^all \d+ scopes of manifest\.yml/);
    expect(report.results['digest channel']?.message).toBe(
      '#security: the bot is a member and the channel is internal',
    );
    expect(report.results['admins']).toMatchObject({
      state: 'warning',
      message: '1 active member',
      details: ['U07FRANK is not an active member (deactivated)'],
    });
    expect(report.results['clock and AWS']?.message).toBe('in sync with AWS');
    expect(report.results['clock and Slack']?.message).toBe('in sync with Slack');
    expect(report.results['owners']?.message).toMatch(/^\d+ of 39 accounts have a reachable owner/);
    expect(report.results['next digest']).toMatchObject({
      message: expect.stringMatching(/^Mon \d+ \w+ 09:00 Europe\/London to #security/),
      details: [expect.stringMatching(/\w/)],
    });
    expect(report.results['next reminders']?.message).toMatch(
      /^\d+ messages? planned \(Europe\/London\), 0 of which will be sent: .* is preview$/,
    );
  });

  test('is not changed by doctor, and no message is sent', async () => {
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

describe('one failed check says what to do, and the other checks still run', () => {
  test('a configuration with mistakes', async () => {
    const invalid = join(folder, 'wrong.yml');
    writeFileSync(invalid, 'slack: { chanel: "#security" }\n');

    const report = await runDoctor({ ROOT_MFA_CONFIG: invalid });

    expect(report.results['configuration']).toMatchObject({
      state: 'failed',
      details: [expect.stringMatching(/did you mean channel\?/)],
    });
    expect(report.results['digest channel']?.message).toBe('skipped: needs a valid configuration');
    expect(state(report, 'bot token')).toBe('ok');
    expect(state(report, 'database')).toBe('ok');
    expect(state(report, 'identity')).toBe('ok');
    expect(report.code).toBe(1);
  });

  test('placeholders instead of tokens', async () => {
    const report = await runDoctor({
      SLACK_BOT_TOKEN: 'xoxb-replace-me',
      SLACK_APP_TOKEN: 'xapp-replace-me',
    });

    expect(report.results['environment']?.details).toEqual([
      'SLACK_BOT_TOKEN is still the placeholder: copy the bot token from "OAuth & Permissions"',
      'SLACK_APP_TOKEN is still the placeholder: copy the app-level token from "Basic Information"',
    ]);
  });

  test('the example configuration, unchanged', async () => {
    const report = await runDoctor({ ROOT_MFA_CONFIG: 'root-mfa.example.yml' });

    expect(report.results['configuration']).toMatchObject({
      state: 'failed',
      message: 'root-mfa.example.yml is the example, unchanged',
    });
  });

  test('no tokens at all', async () => {
    const report = await runDoctor({ SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' });

    expect(report.results['environment']?.details?.join()).toMatch(/SLACK_BOT_TOKEN is missing/);
    expect(report.results['scopes']?.message).toMatch(/^skipped: needs SLACK_BOT_TOKEN/);
    expect(state(report, 'connection')).toBe('failed');
    expect(state(report, 'root sessions')).toBe('ok');
    expect(state(report, 'next digest')).toBe('ok');
  });

  test('a token that Slack rejects', async () => {
    const report = await runDoctor({
      SLACK_BOT_TOKEN: 'xoxb-unknown-token',
      SLACK_APP_TOKEN: 'xapp-unknown-token',
    });

    expect(report.results['bot token']).toMatchObject({
      state: 'failed',
      message: 'Slack rejected SLACK_BOT_TOKEN: invalid_auth',
      advice: expect.stringMatching(/Copy the bot token again/),
    });
    expect(report.results['connection']).toMatchObject({ state: 'failed' });
    expect(state(report, 'identity')).toBe('ok');
  });

  test('Slack is unreachable', async () => {
    const report = await runDoctor({ SLACK_API_URL: 'http://127.0.0.1:50999/api/' });

    expect(report.results['bot token']).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/^(Slack cannot be reached|The connection to Slack broke)/),
    });
    expect(state(report, 'accounts')).toBe('ok');
  });

  test.each([
    ['a channel that does not exist', '#nowhere', /not found/],
    ['a channel shared with another company', '#shared-with-partner', /shared with another company/],
  ])('%s', async (_what, channel, message) => {
    const file = join(folder, 'channel.yml');
    writeFileSync(file, `slack: { channel: "${channel}" }\n${WITHOUT_GUARDRAILS}`);

    const report = await runDoctor({ ROOT_MFA_CONFIG: file });

    expect(report.results['digest channel']).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(message),
    });
  });

  test('a queue of root events: heard from, not yet, with a wrong policy, gone', async () => {
    const file = join(folder, 'root-events.yml');
    writeFileSync(file, `rootEvents: { queueUrl: "${aws.rootEventQueueUrl}" }\n${WITHOUT_GUARDRAILS}`);
    const check = async () => (await runDoctor({ ROOT_MFA_CONFIG: file })).results['root events'];

    expect(await check()).toMatchObject({
      state: 'warning',
      message: 'the queue can be read: 0 waiting, 0 in flight; no account has been heard from yet',
    });

    aws.rootEventQueue.denied = true;
    expect(await check()).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/^Cannot read the queue of root events: access is denied/),
    });
    aws.rootEventQueue.denied = false;
    aws.rootEventQueue.exists = false;
    expect(await check()).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/the queue does not exist, or its policy/),
    });
    aws.rootEventQueue.exists = true;
  });

  test('root sessions that are refused', async () => {
    aws.organization.setFault('100020003001', 'sts:AssumeRoot', { kind: 'error', code: 'AccessDenied' });

    const report = await runDoctor();

    aws.organization.clearFaults('100020003001');
    expect(report.results['root sessions']).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/^unavailable on security-tooling \(100020003001\): AccessDenied/),
    });
    expect(failedChecks(report)).toEqual([]);
    expect(report.code).toBe(0);
  });

  test('an account without any access', async () => {
    for (const call of ['sts:AssumeRoot', 'sts:AssumeRole']) {
      aws.organization.setFault('100020003001', call, { kind: 'error', code: 'AccessDenied' });
    }

    const report = await runDoctor();

    aws.organization.clearFaults('100020003001');
    expect(report.results['member role']).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/the bot can read nothing there$/),
    });
    expect(report.code).toBe(1);
  });

  test('a database written by a newer version', async () => {
    const db = await openDatabase({ dataDir });
    await db.query(`insert into schema_migrations (name, checksum) values ('9999_future', '')`);
    await db.close();

    const report = await runDoctor();

    expect(report.results['migrations']).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/9999_future/),
    });
    expect(report.results['next digest']?.message).toBe(
      'skipped: needs a database with all migrations applied',
    );
    const again = await openDatabase({ dataDir });
    await again.query(`delete from schema_migrations where name = '9999_future'`);
    await again.close();
  });
});

test('a new database needs no migration by hand', async () => {
  const db = await openDatabase({ dataDir });
  await db.query('alter table schema_migrations rename to put_aside');
  await db.close();

  const report = await runDoctor();

  expect(report.results['migrations']).toMatchObject({
    state: 'ok',
    message: expect.stringMatching(/^none yet/),
  });
});

test('on a machine without any setup, doctor says what is missing, creates nothing, and exits with 1', () => {
  const empty = mkdtempSync(join(folder, 'empty-'));

  const run = spawnSync(process.execPath, [compiled('src/cli/main.ts'), 'doctor'], {
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
  expect(run.stdout).toMatch(/\d+ ok, \d+ warnings?, \d+ failed, \d+ skipped\.\n$/);
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
  [2, 'ok', 'in sync with AWS'],
  [90, 'warning', '90 seconds ahead of AWS'],
  [-400, 'failed', '400 seconds behind AWS'],
])('a clock that is %d seconds ahead is %s', (seconds, expected, message) => {
  const serverTime = new Date('2026-11-24T09:00:00Z');

  const result = checkClock('AWS', serverTime.toUTCString(), new Date(serverTime.getTime() + seconds * 1000));

  expect(result).toMatchObject({ state: expected, message });
});

test('on a terminal, long messages wrap next to the name, in color', () => {
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
