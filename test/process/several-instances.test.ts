import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { type LocalSlack, startLocalSlack } from '@root-mfa-bot/local-slack';
import { WebSocket } from 'ws';
import { demoCompany } from '../../src/demo/company.ts';
import { localSlackOptions } from '../../src/demo/slack-workspace.ts';
import { accountId } from '../../src/domain/account.ts';
import { findKnownAccount } from '../../src/store/account-cache.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { claimRun, finishRun } from '../../src/store/job-runs.ts';
import { migrate } from '../../src/store/migrate.ts';
import {
  type BotProcess,
  CLEAN_EXIT,
  endProcesses,
  startBotProcess,
  startTestEnvironment,
  waitFor,
} from '../support/bot-process.ts';
import { databaseForChildren } from '../support/child-database.ts';
import { startLoadBalancer } from '../support/load-balancer.ts';
import { ANA, callApi, startTestSlack } from '../support/test-slack.ts';

jest.setTimeout(180_000);

const BETWEEN_QUESTIONS_MS = 20;
const DAY_MS = 24 * 60 * 60_000;
const BENS_ACCOUNT_ID = { id: accountId('555566660002'), name: 'ben-prototype' };

test('Slack hands each thing to one of the lines that an app holds', async () => {
  const slack = await startTestSlack();
  const heard: string[] = [];
  for (const name of ['one', 'other']) {
    const { url } = await callApi(slack, 'apps.connections.open', {}, slack.appToken);
    const line = new WebSocket(String(url));
    line.on('message', (data) => {
      const { envelope_id } = JSON.parse(String(data)) as { envelope_id?: string };
      if (envelope_id === undefined) return;
      heard.push(name);
      line.send(JSON.stringify({ envelope_id }));
    });
  }
  await slack.waitUntil(() => slack.connections() === 2);

  for (let n = 0; n < 6; n += 1) await slack.as(ANA).command('#security', '/mfa-status help');

  expect(heard.toSorted()).toEqual(['one', 'one', 'one', 'other', 'other', 'other']);
});

/** A database for bots that has a past: last week a digest was due, and two weeks ago one was sent. */
async function createSeededDatabase(): Promise<{ readonly url: string; readonly db: Database }> {
  const { url = '' } = await databaseForChildren();
  const db = await openDatabase({ url, dataDir: '' });
  afterAll(() => db.close());
  await migrate(db);
  const at = new Date(Date.now() - 14 * DAY_MS);
  const run = { job: 'digest', period: 'two weeks ago', by: 'an earlier bot', at };
  await claimRun(db, { ...run, leaseMs: 1 });
  await finishRun(db, run);
  return { url, db };
}

/**
 * Asks for help again and again until told to stop; then tells how often, and how many answers came. Who is told that
 * it failed asks once more, as people do.
 */
function startAskingPerson(slack: LocalSlack, userId: string) {
  const person = slack.as(userId);
  let isRunning = true;
  const answers = () =>
    person.messages('#security').filter(({ shown }) => shown.includes('/mfa-status mine'));
  const asking = (async () => {
    const count = { asked: 0, askedAgain: 0 };
    for (; isRunning; count.asked += 1) {
      const failures = person.notices().length;
      await person.command('#security', '/mfa-status help');
      if (person.notices().length > failures) {
        count.askedAgain += 1;
        await person.command('#security', '/mfa-status help');
      }
      await pause(BETWEEN_QUESTIONS_MS);
    }
    return count;
  })();
  return async () => {
    isRunning = false;
    const { asked, askedAgain } = await asking;
    await slack.waitUntil(() => answers().length >= asked, 30_000).catch(() => undefined);
    return { asked, askedAgain, answered: answers().length };
  };
}

/** Replaces each of them by a new one, one after the other, as hosts do. */
async function rollingRestart(
  bots: readonly BotProcess[],
  start: () => Promise<BotProcess>,
): Promise<BotProcess[]> {
  const replacements: BotProcess[] = [];
  for (const old of bots) {
    const bot = await start();
    await bot.waitForLog('Ready');
    await bot.waitForReadiness(200);
    replacements.push(bot);
    old.send('SIGTERM');
    expect(await old.exit()).toEqual(CLEAN_EXIT);
  }
  return replacements;
}

// The embedded database takes one process at a time.
if (process.env['TEST_DATABASE_URL']) {
  const { url, db } = await createSeededDatabase();
  const environment = await startTestEnvironment();

  describe('three instances in Socket Mode', () => {
    const { slack, aws } = environment;
    const [sam, chloe, ben] = [slack.as('U01SAM'), slack.as('U02CHLOE'), slack.as('U04BEN')];
    const start = () => startBotProcess(environment, { env: { DATABASE_URL: url } });
    let bots: readonly BotProcess[] = [];

    test('write one digest for the week, and scan once', async () => {
      bots = await Promise.all([start(), start(), start()]);
      for (const bot of bots) await bot.waitForLog('Ready');
      const scanned = await Promise.any(bots.map((bot) => bot.waitForLog('Scan done')));
      await slack.waitUntil(() => slack.messagesIn('#security').length > 0, 30_000);

      const runs = await db.query(
        `select job, count(*) as runs, max(attempts) as attempts from job_runs
          where job in ('digest', 'scan') and period <> 'two weeks ago' group by job order by job`,
      );
      expect(runs).toEqual([
        { job: 'digest', runs: 1, attempts: 1 },
        { job: 'scan', runs: 1, attempts: 1 },
      ]);
      expect(await db.query('select accounts from scans')).toEqual([{ accounts: scanned['accounts'] }]);
      expect(slack.messagesIn('#security')).toHaveLength(1);
    });

    test('run one scan at a time, whichever instance starts it', async () => {
      aws.latencyMs = 100;
      await sam.command('#security', '/mfa-status scan');
      await chloe.command('#security', '/mfa-status scan');
      const seen = () => [sam, chloe].flatMap((who) => who.messages('dm').map(({ shown }) => shown));
      await slack.waitUntil(() => seen().some((shown) => shown.includes('Scan finished')), 30_000);
      aws.latencyMs = 0;

      expect(seen().filter((shown) => shown.includes('Scan finished'))).toHaveLength(1);
      expect(seen().filter((shown) => shown.includes('Another scan is already running'))).toHaveLength(1);
    });

    test('answer clicks, whichever of them receives it', async () => {
      const checks = () => bots.map(({ logged }) => logged.filter(({ msg }) => msg === 'Account checked'));
      const isOpen = () => ben.messages('#security').at(-1)?.shown.startsWith(BENS_ACCOUNT_ID.name);
      await ben.command('#security', `/mfa-status ${BENS_ACCOUNT_ID.id}`);
      for (let n = 1; n <= 6; n += 1) {
        await slack.waitUntil(isOpen, 30_000);
        await ben.click('check-now', { in: '#security' });
        await waitFor(() => checks().flat().length === n);
      }

      expect(checks().filter(({ length }) => length > 0).length).toBeGreaterThan(1);
    });

    test('let a Home follow what was changed elsewhere', async () => {
      const isShown = (name: string) => () => ben.home()?.shown.includes(name);
      await ben.openHome();
      await slack.waitUntil(isShown(BENS_ACCOUNT_ID.name), 30_000);

      const account = await findKnownAccount(db, BENS_ACCOUNT_ID.id);
      if (account) await saveAccounts(db, [{ ...account, name: 'bens-new-name' }], new Date());

      await slack.waitUntil(isShown('bens-new-name'), 30_000);
      expect(isShown(BENS_ACCOUNT_ID.name)()).toBe(false);
    });

    test('answer every click while each of them is replaced', async () => {
      const hasEnoughAnswers = startAskingPerson(slack, 'U03ANA');
      bots = await rollingRestart(bots, start);
      const { asked, askedAgain, answered } = await hasEnoughAnswers();

      expect(answered).toBe(asked);
      expect(asked).toBeGreaterThan(20);
      // What Slack sends in the very moment in which a line is closed cannot be acknowledged any more.
      expect(askedAgain).toBeLessThanOrEqual(Math.max(3, asked / 10));
    });

    test('end, with the reason, once a newer version has migrated their database', async () => {
      const newer = '9999_of_a_newer_version';
      await db.query(`insert into schema_migrations (name, checksum) values ($1, 'none')`, [newer]);

      const exits = await Promise.all(bots.map((bot) => bot.exit()));

      for (const { code, stderr } of exits)
        expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(newer) });
      await db.query('delete from schema_migrations where name = $1', [newer]);
    });
  });

  describe('two instances over HTTP, behind a balancer', () => {
    test('lose no click while each of them is replaced', async () => {
      const balancer = await startLoadBalancer();
      const slack = await startLocalSlack({
        ...localSlackOptions(demoCompany()),
        rateLimits: false,
        ackLimitMs: 20_000,
        mode: { requestUrl: `http://127.0.0.1:${balancer.port}/slack/events` },
      });
      const start = async () => {
        const { signingSecret: SLACK_SIGNING_SECRET } = slack;
        const env = { DATABASE_URL: url, SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET };
        const bot = await startBotProcess({ ...environment, slack }, { env });
        balancer.instances.add(await bot.port());
        return bot;
      };
      const bots = await Promise.all([start(), start()]);
      for (const bot of bots) await bot.waitForReadiness(200);

      const hasEnoughAnswers = startAskingPerson(slack, 'U03ANA');
      await rollingRestart(bots, start);
      const { asked, askedAgain, answered } = await hasEnoughAnswers();

      expect({ answered, askedAgain }).toEqual({ answered: asked, askedAgain: 0 });
      expect(asked).toBeGreaterThan(20);
      await endProcesses();
      balancer.close();
      await slack.close();
    });
  });
}
