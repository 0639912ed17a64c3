import { expect, jest, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import { listAuditEntries } from '../../src/store/audit-log.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { countNotifications } from '../../src/store/outbox.ts';
import { findOpenTokenRequest } from '../../src/store/token-requests.ts';
import {
  type BotProcess,
  CLEAN_EXIT,
  type Exit,
  startBotProcess,
  startTestEnvironment,
  waitFor,
} from '../support/bot-process.ts';
import { emptyDataDir } from '../support/database.ts';

jest.setTimeout(120_000);

const environment = await startTestEnvironment();
const { slack, aws } = environment;
const sam = slack.as('U01SAM');
const ana = slack.as('U03ANA');
const DATA_DIR = await emptyDataDir();
const BENS_ACCOUNT_ID = '555566660002';
const PHONE = accountId('111122223333');
const BLOG = accountId('222233330002');

/** One bot after the other lives on the same database. */
const startBot = () => startBotProcess(environment, { env: { DATA_DIR } });

/** What is remembered, while no bot has the database. */
async function readDatabase<T>(read: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ dataDir: DATA_DIR });
  try {
    return await read(db);
  } finally {
    await db.close();
  }
}

/** The newest message in a conversation that says so. */
const read = (who: typeof sam, channel: string, words: string) =>
  slack.waitUntil(() => who.messages(channel).findLast(({ shown }) => shown.includes(words)), 30_000);

const modal = (words: string) => slack.waitUntil(() => ana.modal()?.shown.includes(words), 30_000);

async function requestKeyAsAna(account: string): Promise<void> {
  await ana.command('#security', `/mfa-status request ${account}`);
  await slack.waitUntil(() => ana.modal()?.title === 'Request a hardware key', 30_000);
  await ana.submit({ office: 'London' });
  await modal('You requested');
  await ana.close();
}

/** Asks it to stop, as an impatient host does, and returns how it ended. It ends itself before a host would kill it. */
function stop(bot: BotProcess): Promise<Exit> {
  bot.send('SIGTERM');
  bot.send('SIGTERM');
  return bot.exit();
}

let bot = await startBot();

test('a scan that is cut short by a kill or a stop leaves nothing, and the next one starts immediately', async () => {
  aws.latencyMs = 200;
  await waitFor(() => aws.calls.total > 60);
  bot.send('SIGKILL');
  expect(await bot.ended).toBe('SIGKILL');
  const remembered = await readDatabase((db) =>
    db.query('select id from accounts union all select account_id from verdicts'),
  );
  bot = await startBot();
  aws.resetCalls();
  await waitFor(() => aws.calls.total > 60);
  expect(await stop(bot)).toEqual(CLEAN_EXIT);
  await bot.waitForLog('Job interrupted by the stop');

  aws.latencyMs = 0;
  bot = await startBot();
  const { accounts } = await bot.waitForLog('Scan done');

  expect({ remembered, accounts }).toEqual({ remembered: [], accounts: aws.organization.accountIds.length });
});

test('a stopping bot answers the people who wait, and finishes the message it is sending', async () => {
  // Its first day is over: the directory is read.
  await bot.waitForLog('Job done');
  await sam.command('#security', `/mfa-status ${BENS_ACCOUNT_ID}`);
  await read(sam, '#security', 'no MFA device is registered');
  const notification = slack.injectFault({ method: 'chat.postMessage', delayMs: 1_500 });
  await requestKeyAsAna(PHONE);
  await waitFor(() => notification.applied() === 1);
  aws.latencyMs = 100;
  aws.organization.enrolDevice(BENS_ACCOUNT_ID, 'fido', 'key');
  await sam.click('check-now', { in: '#security' });

  expect(await stop(bot)).toEqual(CLEAN_EXIT);

  aws.latencyMs = 0;
  expect(sam.messages('#security').at(-1)?.shown).toContain('Fixed, thank you');
  expect(
    sam.messages('#security-keys').filter(({ shown }) => shown.includes('Waiting for approval')),
  ).toHaveLength(1);
  expect(await readDatabase(countNotifications)).toMatchObject({ sending: 0, uncertain: 0, dead: 0 });
});

test('a requested scan says that it was stopped, and a hanging call does not delay the stop for long', async () => {
  bot = await startBot();
  await bot.waitForLog('Ready');
  aws.latencyMs = 20_000;
  await sam.command('#security', '/mfa-status scan');
  await read(sam, 'dm', 'Listing accounts');
  await sam.command('#security', `/mfa-status ${BENS_ACCOUNT_ID}`);
  await read(sam, '#security', 'Root uses a passkey or security key');
  await sam.click('check-now', { in: '#security' });

  expect(await stop(bot)).toEqual(CLEAN_EXIT);

  aws.latencyMs = 0;
  expect(sam.messages('dm').at(-1)?.shown).toContain('I was stopped during the scan');
  await bot.waitForLog('Unfinished work is left to the next start');
});

test('an approval during which the bot is killed happens once or not at all, and is announced once', async () => {
  bot = await startBot();
  await bot.waitForLog('Ready');
  await requestKeyAsAna(BLOG);
  await read(sam, '#security-keys', 'web-blog');
  await sam.open('#security-keys');

  const moments = [
    // Acknowledged, and being saved.
    async () => undefined,
    // Saved, and being announced.
    () => slack.waitUntil(() => slack.traffic.at(-1)?.method.startsWith('chat.')),
  ];
  for (const moment of moments) {
    await sam.click({ text: 'Approve' });
    await moment();
    bot.send('SIGKILL');
    await bot.ended;
    bot = await startBot();
    await bot.waitForLog('Ready');
  }
  const waiting = () =>
    sam.messages('#security-keys').filter(({ shown }) => shown.includes('Waiting for approval')).length;
  for (let left = waiting(); left > 0; left = waiting()) {
    await sam.click({ text: 'Approve' });
    await slack.waitUntil(() => waiting() < left, 30_000);
  }
  const news = () => ana.messages('dm').filter(({ shown }) => shown.includes('Approved:'));
  await slack.waitUntil(() => news().length === 2, 30_000);

  expect(await stop(bot)).toEqual(CLEAN_EXIT);
  const written = await readDatabase(async (db) => ({
    states: [(await findOpenTokenRequest(db, PHONE))?.state, (await findOpenTokenRequest(db, BLOG))?.state],
    approvals: (await listAuditEntries(db, { limit: 100 })).filter(({ kind }) => kind === 'token-approved')
      .length,
    notifications: await countNotifications(db),
  }));
  expect(written).toMatchObject({
    states: ['approved', 'approved'],
    approvals: 2,
    notifications: { waiting: 0, sending: 0, uncertain: 0, dead: 0 },
  });
  expect(news()).toHaveLength(2);
});
