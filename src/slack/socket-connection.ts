import { SocketModeReceiver } from '@slack/bolt';
import { WebAPIRateLimitedError } from '@slack/web-api';
import { withDeadline } from '../concurrency.ts';
import type { Log } from '../usecases/shared/context.ts';
import { createBoltLogger } from './bolt-logger.ts';
import { isPermanentError, SlackSetupError } from './retry.ts';
import { isPlatformError } from './slack-errors.ts';
import { defaultSleep } from './sleep.ts';

/** One WebSocket of Socket Mode, opened again whenever it is lost. */
export interface SocketConnection {
  readonly receiver: SocketModeReceiver;
  isConnected(): boolean;
  /** Why it is not connected; `null` while it is. */
  problem(): string | null;
  /** Resolves when it is connected for the first time; throws a SlackSetupError if Slack refuses. */
  start(): Promise<void>;
  /** Closes it, to open it again at once. */
  reopen(): void;
  /** Closes it. Does not wait until Slack has closed its side, which can take seconds. */
  close(): void;
}

export interface SocketConnectionOptions {
  readonly appToken: string;
  readonly apiUrl: string | undefined;
  /** Ends the attempts to connect; a connection that is open stays so until it is closed. */
  readonly signal: AbortSignal;
  /** Resolves when the connection may close because Slack asked for a new one, if it still is open. By default at once. */
  readonly untilReplaceable?: (isOpen: () => boolean) => Promise<void>;
  /** Called at each connect; `reopened` after a `reopen`. */
  readonly onConnected?: (how: { readonly reopened: boolean }) => void;
  /** How long to wait before it is opened again, for the first time and at most. */
  readonly backoff?: { readonly firstMs: number; readonly maxMs: number };
}

/** For the call that asks where to connect. */
const CALL_TIMEOUT_MS = 10_000;
/** For that call and the WebSocket. */
const OPEN_TIMEOUT_MS = 25_000;
const BACKOFF = { firstMs: 1_000, maxMs: 15_000 };
/** A connection that lasted that long was a good one: the next failure is the first again. */
const GOOD_CONNECTION_MS = 60_000;

/**
 * Creates a connection. It reconnects by itself: the reconnection of Slack's client leaves promises without a handler,
 * and one that is rejected when the bot stops, or when Slack refuses, would end the process.
 */
export function createSocketConnection(
  { appToken, apiUrl, signal, untilReplaceable, onConnected, backoff = BACKOFF }: SocketConnectionOptions,
  log: Log,
): SocketConnection {
  let problem: string | null = 'not connected yet';
  let reopening = false;
  let onDisconnected: () => void = () => undefined;

  const logger = createBoltLogger(log, () => signal.aborted || reopening);
  const receiver = new SocketModeReceiver({
    appToken,
    // What the client calls an error is tried again.
    logger: { ...logger, error: logger.warn },
    autoReconnectEnabled: false,
    installerOptions: {
      clientOptions: {
        ...(apiUrl && { slackApiUrl: apiUrl }),
        timeout: CALL_TIMEOUT_MS,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
      },
    },
  });
  const { client } = receiver;
  if (untilReplaceable) delayRefresh(client, untilReplaceable);
  const disconnect = () => void client.disconnect().catch(() => undefined);
  client.on('connected', () => {
    if (signal.aborted) return;
    problem = null;
    onConnected?.({ reopened: reopening });
    reopening = false;
  });
  // The first sign of a lost connection.
  client.on('close', () => {
    // A former WebSocket that Slack never closed is given up half a minute later.
    if (client.websocket?.isActive()) return;
    if (!signal.aborted) problem = 'the connection to Slack is lost; connecting again';
  });
  client.on('disconnected', () => onDisconnected());

  /** Opens it, and resolves when it is lost. Returns how long it lasted. */
  const openOnce = async (): Promise<number> => {
    const lost = new Promise<void>((resolve) => {
      onDisconnected = resolve;
    });
    // The client rejects with nothing at all when the WebSocket closes before it is ready.
    const opening = client.start().catch((error: unknown) => {
      throw error ?? new Error('Slack closed the connection while it opened');
    });
    if ((await withDeadline(opening, OPEN_TIMEOUT_MS)) === null)
      throw new Error('Slack did not complete the connection in time');
    if (signal.aborted) return 0;
    const since = performance.now();
    await lost;
    return performance.now() - since;
  };

  const delayAfter = (failures: number, error: unknown): number => {
    if (error instanceof WebAPIRateLimitedError) return error.retryAfter * 1_000;
    // With jitter: after an outage not all apps come back at the same instant.
    return Math.min(backoff.maxMs, backoff.firstMs * 1.5 ** failures) * (1 - Math.random() / 2);
  };

  /** Keeps it open until the stop. */
  const keepOpen = async (onRefused: (error: SlackSetupError) => void): Promise<void> => {
    for (let failures = 0; !signal.aborted; ) {
      let failure: unknown;
      try {
        const lastedMs = await openOnce();
        failures = lastedMs >= GOOD_CONNECTION_MS || reopening ? 0 : failures + 1;
      } catch (error) {
        failure = error;
        failures += 1;
        disconnect();
        if (isPlatformError(error) && isPermanentError(error) && !signal.aborted) {
          problem = appTokenErrorText(error.data.error);
          log.error({ reason: problem }, 'Slack refused the app-level token');
          onRefused(new SlackSetupError(problem));
        }
      }
      if (!signal.aborted) await defaultSleep(delayAfter(failures, failure), signal);
    }
    disconnect();
  };

  return {
    receiver,
    isConnected: () => problem === null,
    problem: () => problem,
    start: () =>
      new Promise((resolve, reject) => {
        client.once('connected', () => resolve());
        // Once it was connected, a refusal does not end the bot: Slack can take it back.
        keepOpen(reject).catch(reject);
      }),
    reopen() {
      reopening = true;
      disconnect();
    },
    close: disconnect,
  };
}

/** Makes the client wait before it closes because Slack asked it to. */
function delayRefresh(
  client: SocketModeReceiver['client'],
  untilReplaceable: (isOpen: () => boolean) => Promise<void>,
): void {
  const handlers = client.listeners(MESSAGE_EVENT);
  let asked: typeof client.websocket;
  client.removeAllListeners(MESSAGE_EVENT);
  client.on(MESSAGE_EVENT, async (...message: unknown[]) => {
    const { websocket } = client;
    if (isRefreshRequest(message[0])) {
      if (asked === websocket) return;
      asked = websocket;
      const isOpen = () => client.websocket === websocket && websocket?.isActive() === true;
      await untilReplaceable(isOpen);
      if (!isOpen()) return;
    }
    for (const handle of handlers) handle.apply(client, message);
  });
}

/** What the client emits for each message of its WebSocket. */
const MESSAGE_EVENT = 'ws_message';

function isRefreshRequest(data: unknown): boolean {
  if (typeof data !== 'string' || !data.includes('"disconnect"')) return false;
  try {
    return (JSON.parse(data) as { readonly type?: unknown }).type === 'disconnect';
  } catch {
    return false;
  }
}

function appTokenErrorText(code: string): string {
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
