import { describe, expect, jest, test } from '@jest/globals';
import { startLocalSlack } from '@root-mfa-bot/local-slack';
import {
  CLEAN_EXIT,
  type ProcessOptions,
  SETTINGS,
  startBotProcess,
  startTestEnvironment,
  type TestEnvironment,
} from '../support/bot-process.ts';
import { emptyDataDir } from '../support/database.ts';
import { writeManifest } from '../support/test-slack.ts';

jest.setTimeout(120_000);

const environment = await startTestEnvironment();
const { slack } = environment;
// One process after the other uses it.
const DATA_DIR = await emptyDataDir();

/** What a bot says that cannot start so. */
async function refusal(
  { env, settings = SETTINGS }: ProcessOptions,
  testEnvironment: TestEnvironment = environment,
) {
  const bot = await startBotProcess(testEnvironment, { env: { DATA_DIR, ...env }, settings });
  expect(await bot.ended).toBe(1);
  return bot.stderr().trimEnd().split('\n');
}

describe('a start that cannot succeed ends immediately, with one sentence for each mistake', () => {
  test('mistakes in the file and in the environment are reported together', async () => {
    const settings = 'slack:\n  chanel: "#security"\npolicy:\n  level: 3\n';

    expect(
      await refusal({
        settings,
        env: { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: 'xoxb-1', PORT: 'http', LOG_LEVEL: 'loud' },
      }),
    ).toEqual([
      expect.stringMatching(/^SLACK_BOT_TOKEN is missing: the bot token of the Slack app/),
      expect.stringMatching(
        /^SLACK_APP_TOKEN is not an app-level token: expected a value that begins with xapp-/,
      ),
      expect.stringMatching(/^PORT is not a port: expected a number/),
      expect.stringMatching(/^LOG_LEVEL is not a log level: expected/),
      expect.stringMatching(/root-mfa\.yml:2: slack\.chanel: unknown key; did you mean channel\?$/),
      expect.stringMatching(/root-mfa\.yml:4: policy\.level: expected 1 \(any MFA\) or 2 \(hardware MFA\)$/),
    ]);
  });

  test('a database that does not answer', async () => {
    expect(await refusal({ env: { DATABASE_URL: 'postgres://bot:secret-word@127.0.0.1:1/bot' } })).toEqual([
      'Cannot open the database at 127.0.0.1:1/bot: nothing answers there. Is the server running, and do DATABASE_URL and the firewall agree?',
    ]);
  });

  test('a port that is in use', async () => {
    const { port } = new URL(slack.url);

    expect(await refusal({ env: { PORT: port } })).toEqual([
      `Port ${port} is in use: set PORT to another one`,
    ]);
  });

  test('a bot token that Slack does not know', async () => {
    expect(await refusal({ env: { SLACK_BOT_TOKEN: 'xoxb-of-somebody-else' } })).toEqual([
      'Slack does not know SLACK_BOT_TOKEN: copy the bot token again from "OAuth & Permissions"',
    ]);
  });

  test('an app-level token that Slack does not know', async () => {
    expect(await refusal({ env: { SLACK_APP_TOKEN: 'xapp-of-somebody-else' } })).toEqual([
      'Slack does not know SLACK_APP_TOKEN: copy the app-level token again from "Basic Information"',
    ]);
  });

  test('an app-level token that may not open connections', async () => {
    const error = 'missing_scope';
    const fault = slack.injectFault({
      method: 'apps.connections.open',
      error,
      times: Number.POSITIVE_INFINITY,
    });

    const messages = await refusal({});
    fault.remove();

    expect(messages).toEqual([
      'SLACK_APP_TOKEN lacks the scope connections:write: make an app-level token that has it, under "Basic Information"',
    ]);
  });

  test('a missing channel and one without the bot, reported together', async () => {
    const settings = SETTINGS.replace('C01SECURITY', '"#securty"').replace('C04KEYS', '"#general"');

    expect(await refusal({ settings })).toEqual([
      'slack.channel names #securty, but I cannot see this channel: check its name, and invite me if it is private',
      'tokens.channel names #general, but I am not in it: invite me there with /invite',
    ]);
  });

  test('scopes that the app was not given', async () => {
    const manifest = await writeManifest(({ oauth_config: { scopes } }) => {
      scopes.bot = scopes.bot.filter((scope) => scope !== 'commands' && scope !== 'users:read.email');
    });
    const withoutScopes = await startLocalSlack({ people: [], channels: [], manifest });
    const messages = await refusal({}, { ...environment, slack: withoutScopes });
    await withoutScopes.close();

    expect(messages).toEqual([
      'The Slack app lacks the scope commands, users:read.email: add it under "OAuth & Permissions" as in manifest.yml, and install the app again',
    ]);
  });
});

test('a second process on the folder of an embedded database is refused, and the first continues', async () => {
  const first = await startBotProcess(environment, { env: { DATA_DIR } });
  await first.waitForLog('Ready');

  expect(await refusal({})).toEqual([
    expect.stringMatching(
      /^Cannot use the data directory .*: process \d+ uses it already\. Stop that process, choose another DATA_DIR, or share a PostgreSQL server through DATABASE_URL$/,
    ),
  ]);
  expect((await first.get('/readyz')).status).toBe(200);

  first.send('SIGTERM');
  expect(await first.exit()).toEqual(CLEAN_EXIT);
});
