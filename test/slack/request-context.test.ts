import { expect, test } from '@jest/globals';
import { runWithRequestId, withRequestId } from '../../src/slack/request-context.ts';
import { startBotHarness } from '../support/bot-harness.ts';

const { slack, bot, logged } = await startBotHarness();
const ana = slack.as('U03ANA');

test('a failure comes with an ID, under which the log has its cause', async () => {
  await bot.ctx.db.script('alter table scans rename to scans_away');
  await ana.command('#security', '/mfa-status');
  await slack.waitUntil(() => /this ID/.test(JSON.stringify(ana.messages('#security'))));
  await bot.ctx.db.script('alter table scans_away rename to scans');

  const [, quoted] = /this ID: `([0-9a-f]{6})`/.exec(JSON.stringify(ana.messages('#security'))) ?? [];
  const line = logged.find(({ message }) => message === 'Interaction failed');
  expect(quoted).toMatch(/^[0-9a-f]{6}$/);
  expect(line).toMatchObject({ level: 'error', fields: { request: quoted, user: 'U03ANA' } });
});

test('every log line of a request has its ID', async () => {
  const lines: object[] = [];
  const write = (fields: object, message: string) => void lines.push({ ...fields, message });
  const log = withRequestId({ info: write, warn: write, error: write });
  const work = async (who: string) => {
    log.info({ who }, 'begins');
    await new Promise(setImmediate);
    log.warn({ who }, 'goes on');
  };

  await Promise.all([
    runWithRequestId(() => work('ana')),
    runWithRequestId(() => work('ben')),
    work('the clock'),
  ]);

  const idsOf = (who: string) =>
    new Set(
      lines.flatMap((line) => ('who' in line && line.who === who && 'request' in line ? [line.request] : [])),
    );
  expect(idsOf('ana').size).toBe(1);
  expect(idsOf('ben').size).toBe(1);
  expect([...idsOf('ana')]).not.toEqual([...idsOf('ben')]);
  expect(idsOf('the clock').size).toBe(0);
});
