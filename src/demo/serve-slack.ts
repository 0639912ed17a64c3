import { parseArgs } from 'node:util';
import { buildPage, startLocalSlack } from '@root-mfa-bot/local-slack';
import { demoCompany } from './company.ts';
import { localSlackOptions } from './slack-workspace.ts';

// The local Slack alone, for a bot in another process:
//   npx tsx src/demo/serve-slack.ts > slack.env
//   . ./slack.env && npm start
const USAGE =
  'Usage: npx tsx src/demo/serve-slack.ts [options]\n\n' +
  'Serves a local Slack with a page, and prints the environment that points the bot at it.\n\n' +
  '  --port P           port of the page (default: 4000)\n' +
  '  --request-url URL  send requests over HTTP to the bot at this URL, such as\n' +
  '                     http://127.0.0.1:3000/slack/events (default: Socket Mode)\n' +
  '  --help             print this text\n';

try {
  await serve();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}

async function serve(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4000' },
      'request-url': { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const requestUrl = values['request-url'];

  const slack = await startLocalSlack({
    ...localSlackOptions(demoCompany()),
    port: Number(values.port),
    mode: requestUrl === undefined ? 'socket' : { requestUrl },
    page: await buildPage(),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void slack.close());

  const environment = {
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    // Empty in HTTP mode, so that one from the shell or a .env file is not used.
    SLACK_APP_TOKEN: requestUrl === undefined ? slack.appToken : '',
    SLACK_SIGNING_SECRET: slack.signingSecret,
  };
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'\n`);
  process.stdout.write(lines.join(''));
  process.stderr.write(
    `Local Slack running at ${slack.url}. No message leaves this computer. Press Ctrl+C to stop.\n`,
  );
}
