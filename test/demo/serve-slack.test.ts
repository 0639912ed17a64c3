import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, jest, test } from '@jest/globals';
import { parse } from 'dotenv';
import { readEnvironment } from '../../src/config/environment.ts';

jest.setTimeout(120_000);

const SERVE = fileURLToPath(new URL('../../src/demo/serve-slack.ts', import.meta.url));

/** Starts the local Slack as a process of its own, and gives what it says to export. */
async function startServer(...args: string[]) {
  const slack = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), SERVE, '--port', '0', ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  for await (const text of slack.stdout) {
    output += text;
    if (output.includes('SLACK_SIGNING_SECRET')) break;
  }
  const end = async () => {
    slack.kill('SIGINT');
    await once(slack, 'exit');
    return slack.exitCode;
  };
  return { environment: readEnvironment(parse(output)), end };
}

test('a local Slack in its own process prints what the bot needs to reach it', async () => {
  const { environment, end } = await startServer();
  const { SLACK_API_URL: apiUrl = '', SLACK_BOT_TOKEN: token, SLACK_APP_TOKEN: appToken } = environment;

  const answer = await fetch(`${apiUrl}auth.test`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });

  expect(await answer.json()).toMatchObject({ ok: true, team: 'Example Corp' });
  expect(appToken).toMatch(/^xapp-/);
  expect(await end()).toBe(0);
});

test('with the address of the bot, it uses HTTP mode', async () => {
  const { environment, end } = await startServer('--request-url', 'http://127.0.0.1:3000/slack/events');

  expect(environment.SLACK_APP_TOKEN).toBeUndefined();
  expect(environment.SLACK_SIGNING_SECRET).toHaveLength(32);
  expect(await end()).toBe(0);
});
