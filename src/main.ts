#!/usr/bin/env node
import { once } from 'node:events';
import { config as readDotenv } from 'dotenv';
import { startBot } from './bot.ts';
import { ConfigError } from './config/config.ts';
import { readSettings, secretValues } from './config/environment.ts';
import { webhookSecrets } from './config/webhook-endpoints.ts';
import { PortError } from './http/web-server.ts';
import { createLogger, createRedactor } from './log.ts';
import { exitOnUnexpectedError } from './shutdown.ts';
import { SlackSetupError } from './slack/retry.ts';
import { DatabaseError } from './store/database.ts';

// For development; a real deployment sets its environment itself.
readDotenv({ quiet: true });

const secrets = [...secretValues(process.env)];

/** In HTTP mode: by then load balancers have noticed that this instance is not ready. */
const DRAIN_DELAY_MS = 3_000;

/** Hosts often wait ten seconds before they kill; draining and closing take up to 8.5. */
const STOP_TIMEOUT_MS = 9_500;

const stopping = new AbortController();

try {
  const { config, environment, webhooks, ticketSystem } = readSettings(process.env);
  secrets.push(...webhookSecrets(webhooks), ticketSystem?.secret);
  const log = createLogger(environment.LOG_LEVEL, { secrets });
  exitOnUnexpectedError({ process, log, stopping: stopping.signal, exit: (code) => process.exit(code) });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) return;
      log.info({ signal }, 'Stopping: work in progress is finished first');
      stopping.abort();
      setTimeout(() => {
        log.warn({}, 'The stop took too long; the process exits');
        process.exit(0);
      }, STOP_TIMEOUT_MS).unref();
    });
  }

  const { signal } = stopping;
  const bot = await startBot({
    config,
    environment,
    webhooks,
    ticketSystem,
    log,
    signal,
    drainDelayMs: DRAIN_DELAY_MS,
  });
  if (!signal.aborted) {
    log.info({ port: bot.port }, 'Ready');
    await once(AbortSignal.any([signal, bot.failure]), 'abort');
  }
  await bot.stop();
  bot.failure.throwIfAborted();
  log.info({}, 'Stopped');
  process.exit(0);
} catch (error) {
  // A bot that is stopped while it starts ends without an error.
  if (stopping.signal.aborted) process.exit(0);
  const isExpected = [ConfigError, DatabaseError, PortError, SlackSetupError].some(
    (kind) => error instanceof kind,
  );
  const text =
    error instanceof Error ? (isExpected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`${createRedactor(secrets)(text)}\n`);
  process.exit(1);
}
