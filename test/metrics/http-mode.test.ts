import { expect, test } from '@jest/globals';
import { startBotHarness } from '../support/bot-harness.ts';

const { bot } = await startBotHarness({ http: true, scanned: false });

test('where the port is public, metrics require a token', async () => {
  const ask = (path: string) => fetch(`http://127.0.0.1:${bot.port}${path}`);

  expect((await ask('/metrics')).status).toBe(404);
  expect((await ask('/readyz')).status).toBe(200);
});

test('the bot is ready even if notifications and jobs cannot be counted', async () => {
  await bot.ctx.db.script('alter table job_runs rename to mislaid');
  const response = await fetch(`http://127.0.0.1:${bot.port}/readyz`);
  await bot.ctx.db.script('alter table mislaid rename to job_runs');

  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ status: 'ready', information: {} });
});
