import { expect, test } from '@jest/globals';
import { startBotHarness } from '../support/bot-harness.ts';

const { bot } = await startBotHarness({ http: true, scanned: false });

test('where the port is open to the world, nobody is told numbers unless a token was set', async () => {
  const ask = (path: string) => fetch(`http://127.0.0.1:${bot.port}${path}`);

  expect((await ask('/metrics')).status).toBe(404);
  expect((await ask('/readyz')).status).toBe(200);
});

test('letters and jobs that cannot be counted are no reason not to be ready', async () => {
  await bot.ctx.db.script('alter table job_runs rename to mislaid');
  const response = await fetch(`http://127.0.0.1:${bot.port}/readyz`);
  await bot.ctx.db.script('alter table mislaid rename to job_runs');

  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ status: 'ready', information: {} });
});
