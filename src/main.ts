#!/usr/bin/env node
import { config as readDotenv } from 'dotenv';
import { startBot } from './bot.ts';
import { ConfigError, loadConfig } from './config.ts';
import { readEnvironment } from './environment.ts';
import { hiding, openLog } from './log.ts';
import { PortError } from './slack/web-server.ts';
import { SlackSetupError } from './slack/workspace.ts';
import { DatabaseError } from './store/database.ts';

// For development; a real deployment sets its environment itself.
readDotenv({ quiet: true });

const own = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'METRICS_TOKEN',
  'DATABASE_URL',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
].map((name) => process.env[name]);

try {
  const config = loadConfig(process.env);
  const environment = readEnvironment(process.env);
  const log = openLog(environment.LOG_LEVEL, { own });
  // What nobody foresaw leaves a state that nobody knows: whoever watches the process starts it anew.
  for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error }, 'Something failed that nobody was waiting for; the process ends');
      process.exit(1);
    });
  }

  const bot = await startBot({ config, environment, log });
  log.info({ port: bot.port }, 'Ready');

  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'Stopping: what is under way is finished first');
      void bot.stop().finally(() => process.exit(0));
    });
  }
} catch (error) {
  const known = [ConfigError, DatabaseError, PortError, SlackSetupError].some(
    (kind) => error instanceof kind,
  );
  const words =
    error instanceof Error ? (known ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`${hiding(own)(words)}\n`);
  process.exit(1);
}
