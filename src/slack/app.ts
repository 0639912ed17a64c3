import type { RequestListener } from 'node:http';
import { App, HTTPReceiver } from '@slack/bolt';
import { type FetchFunction, WebClient } from '@slack/web-api';
import type { Log } from '../usecases/shared/context.ts';
import { createBoltLogger } from './bolt-logger.ts';
import { createSocketConnections } from './socket-connections.ts';
import type { WorkspaceIdentity } from './workspace.ts';

export interface SlackOptions {
  readonly botToken: string;
  /** Present: Socket Mode. */
  readonly appToken?: string | undefined;
  readonly signingSecret?: string | undefined;
  /** The URL of a local Slack, instead of the real one. */
  readonly apiUrl?: string | undefined;
  /** Makes the calls; by default Node's own `fetch`. */
  readonly fetch?: FetchFunction;
}

/** The connection to Slack. */
export interface SlackApp {
  readonly app: App;
  /** Handles Slack's requests in HTTP mode; undefined in Socket Mode. */
  readonly listener: RequestListener | undefined;
  /** Starts to receive as soon as Slack answers; throws a SlackSetupError if Slack refuses. */
  start(signal: AbortSignal): Promise<void>;
  /** Why nothing can be received; `null` while connected. */
  problem(): string | null;
  /** Stops receiving. Replies in progress are still sent. */
  stop(): Promise<void>;
}

const TIMEOUT_MS = 10_000;

/** A client with a short timeout, for calls that a person waits for. */
export function createSlackClient(options: SlackOptions, log: Log): WebClient {
  return new WebClient(options.botToken, { ...clientOptions(options), logger: createBoltLogger(log) });
}

/** Creates the Bolt app of a workspace, not yet listening. */
export function createSlackApp(
  options: SlackOptions,
  { botId, botUserId }: WorkspaceIdentity,
  log: Log,
): SlackApp {
  const { appToken, signingSecret = '', apiUrl, botToken } = options;
  const logger = createBoltLogger(log);
  const connections = appToken ? createSocketConnections({ appToken, apiUrl }, log) : undefined;
  const receiver = connections?.primary ?? new HTTPReceiver({ signingSecret, logger, bodyLimit: 1_000_000 });

  const app = new App({
    token: botToken,
    botId,
    botUserId,
    receiver,
    logger,
    convoStore: false,
    deferInitialization: true,
    extendedErrorHandler: true,
    clientOptions: clientOptions(options),
  });
  const onError: Parameters<App['error']>[0] = async ({ error }) => {
    log.error({ err: error }, 'Interaction failed');
  };
  app.error(onError);

  let problem: string | null = 'not listening yet';
  return {
    app,
    listener: receiver instanceof HTTPReceiver ? receiver.requestListener : undefined,
    async start(signal) {
      await app.init();
      await connections?.start(app, signal);
      problem = null;
    },
    problem: () => problem ?? connections?.problem() ?? null,
    async stop() {
      problem = 'stopped';
      await connections?.stop();
    },
  };
}

function clientOptions({ apiUrl, fetch }: SlackOptions) {
  return {
    timeout: TIMEOUT_MS,
    retryConfig: { retries: 2, factor: 2, minTimeout: 500 },
    ...(apiUrl && { slackApiUrl: apiUrl }),
    ...(fetch && { fetch }),
  };
}
