import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { App, HTTPReceiver, type Receiver, SocketModeReceiver } from '@slack/bolt';
import { type FetchFunction, WebClient } from '@slack/web-api';
import type { Log } from '../usecases/context.ts';
import { boltLog } from './bolt-log.ts';
import { isRefusal, SlackSetupError } from './waiting.ts';
import type { Workspace } from './workspace.ts';

export interface SlackOptions {
  readonly botToken: string;
  /** Present: Socket Mode. */
  readonly appToken?: string | undefined;
  readonly signingSecret?: string | undefined;
  /** A local Slack instead of the real one. */
  readonly apiUrl?: string | undefined;
  /** Makes the calls; by default Node itself. */
  readonly fetch?: FetchFunction;
}

/** The connection to Slack. */
export interface SlackApp {
  readonly app: App;
  /** What Slack sends in HTTP mode is handed to it; undefined in Socket Mode. */
  readonly listener: RequestListener | undefined;
  /** Begins to hear Slack, as soon as it answers; throws a SlackSetupError when it will not have us. */
  start(signal: AbortSignal): Promise<void>;
  /** Why nothing can be heard; `null` while all is well. */
  problem(): string | null;
  /** Hears nothing more. Answers that are under way still go out. */
  stop(): void;
}

const TIMEOUT_MS = 10_000;
/** However long Slack is away, it is asked again at least that often. */
const UNTIL_SLACK_IS_BACK = { forever: true, factor: 1.3, minTimeout: 1_000, maxTimeout: 15_000 };

/** A client for calls while somebody waits: it gives up soon. */
export function slackClient(options: SlackOptions, log: Log): WebClient {
  return new WebClient(options.botToken, { ...clientOptions(options), logger: boltLog(log) });
}

/**
 * The Bolt app of a workspace, not yet listening.
 *
 * The receiver gets options of its own: Bolt writes into them, and what it writes would make every client of ours retry
 * a hundred times.
 */
export function openSlackApp(options: SlackOptions, { botId, botUserId }: Workspace, log: Log): SlackApp {
  const { appToken, signingSecret, apiUrl, botToken } = options;
  const logger = boltLog(log);
  const refusal = refusalOfAppToken();
  const socket = appToken
    ? new SocketModeReceiver({
        appToken,
        logger,
        installerOptions: {
          clientOptions: {
            ...(apiUrl && { slackApiUrl: apiUrl }),
            timeout: TIMEOUT_MS,
            retryConfig: UNTIL_SLACK_IS_BACK,
            fetch: refusal.listening,
          },
        },
      })
    : undefined;
  const http = socket
    ? undefined
    : new HTTPReceiver({ signingSecret: signingSecret ?? '', logger, bodyLimit: 1_000_000 });
  const receiver: Receiver = (socket ?? http) as Receiver;

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
    log.error({ err: error }, 'An interaction failed');
  };
  app.error(onError);

  let problem: string | null = 'not connected yet';
  socket?.client.on('connected', () => {
    problem = null;
  });
  // The first that one hears of a lost connection; some seconds later the client begins to connect again.
  socket?.client.on('close', () => {
    problem = 'the connection to Slack is lost; connecting again';
  });

  return {
    app,
    listener: http?.requestListener,
    async start(signal) {
      await app.init();
      if (socket) await Promise.race([socket.start(), refusal.refused, aborted(signal)]);
      else problem = null;
    },
    problem: () => problem,
    stop() {
      problem = 'stopped';
      // Resolves only when Slack has closed its side, which may take seconds: nobody needs to wait for that.
      socket?.client.disconnect().catch(() => undefined);
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

/** Throws once the signal says so. */
async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}

/**
 * Hears when Slack refuses the app-level token for good: the client of Socket Mode takes most refusals for passing ones,
 * and would try for ever.
 */
function refusalOfAppToken() {
  let refuse: (error: SlackSetupError) => void = () => undefined;
  const refused = new Promise<never>((_resolve, reject) => {
    refuse = reject;
  });
  // Nobody may be waiting for it any more.
  refused.catch(() => undefined);
  const listening: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    if (response.ok) {
      const data = (await response.clone().json()) as { ok: boolean; error: string };
      const error = Object.assign(new Error(data.error), { data });
      if (!data.ok && isRefusal(error)) refuse(new SlackSetupError(refusedAppToken(data.error)));
    }
    return response;
  };
  return { refused, listening };
}

function refusedAppToken(code: string): string {
  switch (code) {
    case 'invalid_auth':
    case 'not_authed':
      return 'Slack does not know SLACK_APP_TOKEN: copy the app-level token again from "Basic Information"';
    case 'missing_scope':
      return 'SLACK_APP_TOKEN lacks the scope connections:write: make an app-level token that has it, under "Basic Information"';
    case 'not_allowed_token_type':
      return 'SLACK_APP_TOKEN is not an app-level token: expected the one that begins with xapp-';
    default:
      return `Slack refused SLACK_APP_TOKEN (${code}): check that Socket Mode is switched on for the app`;
  }
}
