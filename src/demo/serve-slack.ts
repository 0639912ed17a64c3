import { parseArgs } from 'node:util';
import { buildPage, startLocalSlack } from '@root-mfa-bot/local-slack';
import { demoCompany } from './company.ts';
import { localSlackOptions } from './slack-workspace.ts';

// The local Slack by itself, for a bot of its own process. It prints what to export:
//   npx tsx src/demo/slack/serve.ts > slack.env
//   . ./slack.env && npm start
const USAGE =
  'Usage: serve.ts [--port P] [--request-url http://127.0.0.1:3000/slack/events]\n' +
  'With --request-url it speaks HTTP mode to the bot that listens there, else Socket Mode.\n';

try {
  await serve();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 2;
}

async function serve(): Promise<void> {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '4000' }, 'request-url': { type: 'string' } },
  });
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
    // Empty in HTTP mode, so that none of a shell or a file counts either.
    SLACK_APP_TOKEN: requestUrl === undefined ? slack.appToken : '',
    SLACK_SIGNING_SECRET: slack.signingSecret,
  };
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'\n`);
  process.stdout.write(lines.join(''));
  process.stderr.write(
    `A local Slack, to be looked at on ${slack.url}; nothing there reaches anybody. Ctrl-C ends it.\n`,
  );
}
