import { expect, jest, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import { auditLog } from '../../src/store/audit-log.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { countLetters } from '../../src/store/outbox.ts';
import { openRequestFor } from '../../src/store/token-requests.ts';
import { aBotProcess, aWorld, type BotProcess, inAMoment } from '../support/bot-process.ts';
import { emptyDataDir } from '../support/database.ts';

jest.setTimeout(90_000);

const world = await aWorld();
const { slack, aws } = world;
const sam = slack.as('U01SAM');
const ana = slack.as('U03ANA');
const DATA_DIR = await emptyDataDir();
const BENS = '555566660002';
const PHONE = accountId('111122223333');
const BLOG = accountId('222233330002');

/** One bot after the other lives on the same database. */
const aBot = () => aBotProcess(world, { env: { DATA_DIR } });

/** What is remembered, while no bot has the database. */
async function inTheBooks<T>(read: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ dataDir: DATA_DIR });
  try {
    return await read(db);
  } finally {
    await db.close();
  }
}

/** The newest message in a conversation that says so. */
const read = (who: typeof sam, channel: string, words: string) =>
  slack.until(() => who.see(channel).findLast(({ shown }) => shown.includes(words)), 20_000);

const modal = (words: string) => slack.until(() => ana.modal()?.shown.includes(words), 10_000);

async function anaAsksForAKey(account: string): Promise<void> {
  await ana.command('#security', `/mfa-status request ${account}`);
  await slack.until(() => ana.modal()?.title === 'Request a token', 10_000);
  await ana.submit({ office: 'London' });
  await modal('You asked for');
  await ana.close();
}

/** Asks it to stop, as a host does that grows impatient, and tells how it went. */
async function stop(bot: BotProcess): Promise<object> {
  const began = performance.now();
  bot.send('SIGTERM');
  bot.send('SIGTERM');
  const code = await bot.ended;
  return { code, inTime: performance.now() - began < 10_000, complaint: bot.complaint() };
}
const WELL = { code: 0, inTime: true, complaint: '' };

let bot = await aBot();

test('a scan in whose middle the bot is killed or stopped leaves nothing, and the next one begins at once', async () => {
  aws.latencyMs = 200;
  await inAMoment(() => aws.calls.total > 60);
  bot.send('SIGKILL');
  expect(await bot.ended).toBe('SIGKILL');
  const remembered = await inTheBooks((db) =>
    db.query('select id from accounts union all select account_id from verdicts'),
  );
  bot = await aBot();
  aws.resetCalls();
  await inAMoment(() => aws.calls.total > 60);
  expect(await stop(bot)).toEqual(WELL);
  await bot.says('A job was given back: whoever runs next takes it up');

  aws.latencyMs = 0;
  bot = await aBot();
  const { accounts } = await bot.says('All accounts were looked at');

  expect({ remembered, accounts }).toEqual({ remembered: [], accounts: aws.organization.accountIds.length });
});

test('a bot that is to stop answers whoever waits, and finishes the letter in its hand', async () => {
  // Its first day is over: the directory is read.
  await bot.says('A job is done');
  await sam.command('#security', `/mfa-status ${BENS}`);
  await read(sam, '#security', 'no MFA device is registered');
  const letter = slack.inject({ method: 'chat.postMessage', delayMs: 1_500 });
  await anaAsksForAKey(PHONE);
  await inAMoment(() => letter.hits() === 1);
  aws.latencyMs = 300;
  aws.organization.enrolDevice(BENS, 'fido', 'key');
  await sam.click('check-now', { in: '#security' });

  expect(await stop(bot)).toEqual(WELL);

  aws.latencyMs = 0;
  expect(sam.see('#security').at(-1)?.shown).toContain('Fixed, thank you');
  expect(
    sam.see('#security-keys').filter(({ shown }) => shown.includes('Waiting for approval')),
  ).toHaveLength(1);
  expect(await inTheBooks(countLetters)).toMatchObject({ sending: 0, uncertain: 0, dead: 0 });
});

test('a scan that somebody asked for says that it was stopped, and what hangs is not waited for too long', async () => {
  bot = await aBot();
  await bot.says('Ready');
  aws.latencyMs = 20_000;
  await sam.command('#security', '/mfa-status scan');
  await read(sam, 'dm', 'Looking for accounts');
  await sam.command('#security', `/mfa-status ${BENS}`);
  await read(sam, '#security', 'Root uses a passkey or security key');
  await sam.click('check-now', { in: '#security' });

  expect(await stop(bot)).toEqual(WELL);

  aws.latencyMs = 0;
  expect(sam.see('dm').at(-1)?.shown).toContain('I was stopped in the middle of it');
  await bot.says('Not all that was under way could be finished; the next start takes it up');
});

test('an approval in whose middle the bot is killed happened once or not at all, and its news arrive once', async () => {
  bot = await aBot();
  await bot.says('Ready');
  await anaAsksForAKey(BLOG);
  await read(sam, '#security-keys', 'web-blog-old-app');
  await sam.open('#security-keys');

  const moments = [
    // Acknowledged, and being written down.
    async () => undefined,
    // Written down, and being told.
    () => slack.until(() => slack.traffic.at(-1)?.method.startsWith('chat.')),
  ];
  for (const moment of moments) {
    await sam.click({ text: 'Approve' });
    await moment();
    bot.send('SIGKILL');
    await bot.ended;
    bot = await aBot();
    await bot.says('Ready');
  }
  const waiting = () =>
    sam.see('#security-keys').filter(({ shown }) => shown.includes('Waiting for approval')).length;
  for (let left = waiting(); left > 0; left = waiting()) {
    await sam.click({ text: 'Approve' });
    await slack.until(() => waiting() < left, 10_000);
  }
  const news = () => ana.see('dm').filter(({ shown }) => shown.includes('Approved:'));
  await slack.until(() => news().length === 2, 10_000);

  expect(await stop(bot)).toEqual(WELL);
  const written = await inTheBooks(async (db) => ({
    states: [(await openRequestFor(db, PHONE))?.state, (await openRequestFor(db, BLOG))?.state],
    approvals: (await auditLog(db, { limit: 100 })).filter(({ kind }) => kind === 'token-approved').length,
    letters: await countLetters(db),
  }));
  expect(written).toMatchObject({
    states: ['approved', 'approved'],
    approvals: 2,
    letters: { waiting: 0, sending: 0, uncertain: 0, dead: 0 },
  });
  expect(news()).toHaveLength(2);
});
