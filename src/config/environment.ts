import { z } from 'zod';
import { type Config, ConfigError, loadConfig } from './config.ts';
import {
  isLoopbackHost,
  readTicketSystem,
  readWebhookEndpoints,
  type TicketSystem,
  type WebhookEndpoint,
} from './webhook-endpoints.ts';

/** The settings of the bot from the environment: tokens, addresses, folders. */
export type Environment = z.output<typeof environmentSchema>;

const emptyAsUndefined = (text: unknown) => (text === '' ? undefined : text);
const PLACEHOLDER = /replace-me/i;
const notPlaceholder = (text: string) => !PLACEHOLDER.test(text);
const setting = <T extends z.ZodType>(schema: T) => z.preprocess(emptyAsUndefined, schema);

const environmentSchema = z
  .object({
    SLACK_BOT_TOKEN: setting(
      z
        .string('is missing: the bot token of the Slack app, from "OAuth & Permissions"')
        .startsWith('xoxb-', 'is not a bot token: expected a value that begins with xoxb-')
        .refine(notPlaceholder, 'is still the placeholder: copy the bot token from "OAuth & Permissions"'),
    ),
    SLACK_APP_TOKEN: setting(
      z
        .string()
        .startsWith('xapp-', 'is not an app-level token: expected a value that begins with xapp-')
        .refine(notPlaceholder, 'is still the placeholder: copy the app-level token from "Basic Information"')
        .optional(),
    ),
    SLACK_SIGNING_SECRET: setting(
      z
        .string()
        .min(16, 'is too short for a signing secret: copy it from "Basic Information"')
        .refine(notPlaceholder, 'is still the placeholder: copy the signing secret from "Basic Information"')
        .optional(),
    ),
    SLACK_API_URL: setting(z.url('is not a URL: expected http://127.0.0.1:PORT/api/').optional()),
    ROOT_MFA_ALLOW_REMOTE_SLACK_API: setting(z.string().optional()),
    PORT: setting(
      z.coerce
        .number('is not a port: expected a number from 0 to 65535')
        .int('is not a port: expected a number from 0 to 65535')
        .min(0, 'is not a port: expected a number from 0 to 65535')
        .max(65535, 'is not a port: expected a number from 0 to 65535')
        .default(3000),
    ),
    METRICS_TOKEN: setting(
      z.string().min(16, 'is too short for a secret: expected 16 characters or more').optional(),
    ),
    DATABASE_URL: setting(
      z
        .string()
        .regex(
          /^postgres(ql)?:\/\//,
          'is not a PostgreSQL address: expected postgres://user:password@host/database',
        )
        .optional(),
    ),
    DATA_DIR: setting(z.string().default('./data')),
    LOG_LEVEL: setting(
      z
        .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
          error: 'is not a log level: expected fatal, error, warn, info, debug, trace or silent',
        })
        .default('info'),
    ),
  })
  .refine((env) => env.SLACK_APP_TOKEN !== undefined || env.SLACK_SIGNING_SECRET !== undefined, {
    path: ['SLACK_APP_TOKEN'],
    message:
      'is missing, and so is SLACK_SIGNING_SECRET: set the first for Socket Mode or the second for HTTP mode',
    when: () => true,
  })
  .refine(
    (env) =>
      env.SLACK_API_URL === undefined ||
      env.ROOT_MFA_ALLOW_REMOTE_SLACK_API === '1' ||
      isLoopbackHost(new URL(env.SLACK_API_URL).hostname),
    {
      path: ['SLACK_API_URL'],
      message:
        'is not on this machine, and it would receive the bot token: unset it, or set ROOT_MFA_ALLOW_REMOTE_SLACK_API=1 if you mean it',
      when: () => true,
    },
  );

/** Returns the checked environment. Throws a ConfigError that names every missing or invalid setting. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = environmentSchema.safeParse(env);
  if (parsed.success) return parsed.data;

  // Values are never shown: most of these are secrets.
  throw new ConfigError(parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`));
}

/** Returns the configuration and the environment. Throws one ConfigError that names every mistake in both. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): {
  readonly config: Config;
  readonly environment: Environment;
  readonly webhooks: readonly WebhookEndpoint[];
  readonly ticketSystem: TicketSystem | undefined;
} {
  const problems: string[] = [];
  const collectProblems = <T>(read: (from: typeof env) => T): T | undefined => {
    try {
      return read(env);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const environment = collectProblems(readEnvironment);
  const config = collectProblems(loadConfig);
  const webhooks = config && collectProblems((from) => readWebhookEndpoints(config, from));
  const ticketSystem = config && collectProblems((from) => readTicketSystem(config, from));
  if (!config || !environment || !webhooks || problems.length > 0) throw new ConfigError(problems);
  return { config, environment, webhooks, ticketSystem };
}

/** Variables whose values never appear in a log or an answer. */
const SECRET_VARIABLES = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'METRICS_TOKEN',
  'DATABASE_URL',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
];

/** Returns the values of all secrets, to redact from output; undefined for those not set. */
export function secretValues(env: Readonly<Record<string, string | undefined>>): (string | undefined)[] {
  return SECRET_VARIABLES.map((name) => env[name]);
}
