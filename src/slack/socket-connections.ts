import { setTimeout as pause, setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { type App, SocketModeReceiver } from '@slack/bolt';
import { withAbort } from '../concurrency.ts';
import type { Log } from '../usecases/shared/context.ts';
import { createBoltLogger } from './bolt-logger.ts';
import { isPermanentError, SlackSetupError } from './retry.ts';

/** The WebSockets of Socket Mode. */
export interface SocketConnections {
  /** The one that Bolt is made with. */
  readonly primary: SocketModeReceiver;
  /** Connects, as soon as Slack answers; throws a SlackSetupError when it will not have us. */
  start(app: App, signal: AbortSignal): Promise<void>;
  /** Why nothing can be heard; `null` while at least one line is up. */
  problem(): string | null;
  /** Hears nothing more. */
  stop(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
/** After so long without an acknowledgement Slack tells people that the app failed. */
const ACK_LIMIT_MS = 3_000;
/** How much later than the first connection the second one is opened for good. */
const STAGGER_MS = 30 * 60_000;
/** However long Slack is away, it is asked again at least that often. */
const RECONNECT_POLICY = { forever: true, factor: 1.3, minTimeout: 1_000, maxTimeout: 15_000 };

/**
 * Two lines to Slack, which sends each thing over one of them. Every few hours Slack asks for a line to be opened anew,
 * and the client takes five seconds over it: whoever clicks meanwhile is heard by the other.
 *
 * https://docs.slack.dev/apis/events-api/using-socket-mode allows ten lines, so five processes.
 *
 * Each receiver gets options of its own: Bolt writes into them.
 */
export function createSocketConnections(
  {
    appToken,
    apiUrl,
    staggerMs = STAGGER_MS,
  }: { readonly appToken: string; readonly apiUrl: string | undefined; readonly staggerMs?: number },
  log: Log,
): SocketConnections {
  const appTokenWatch = watchAppToken();
  const connected = new Set<SocketModeReceiver>();
  /** What came in and was not acknowledged yet, by its envelope. */
  const unacknowledged = new Set<string>();
  let problem = 'not connected yet';
  let stopped = false;
  let reopening = false;

  const createReceiver = (): SocketModeReceiver => {
    const receiver = new SocketModeReceiver({
      appToken,
      logger: createBoltLogger(log, () => stopped || reopening),
      installerOptions: {
        clientOptions: {
          ...(apiUrl && { slackApiUrl: apiUrl }),
          timeout: TIMEOUT_MS,
          retryConfig: RECONNECT_POLICY,
          fetch: appTokenWatch.listening,
        },
      },
    });
    receiver.client.on('connected', () => connected.add(receiver));
    // The first that one hears of a lost line; some seconds later the client begins to connect again.
    receiver.client.on('close', () => {
      connected.delete(receiver);
      problem = 'the connection to Slack is lost; connecting again';
    });
    receiver.client.on('slack_event', ({ envelope_id: id }: { envelope_id: string }) => {
      unacknowledged.add(id);
      setTimeout(() => unacknowledged.delete(id), ACK_LIMIT_MS).unref();
    });
    receiver.client.on('outgoing_message', ({ envelope_id: id }: { envelope_id: string }) => {
      unacknowledged.delete(id);
    });
    return receiver;
  };
  const [primary, secondary] = [createReceiver(), createReceiver()];
  // Resolves only when Slack has closed its side, which may take seconds: nobody needs to wait for that.
  const disconnect = ({ client }: SocketModeReceiver) => void client.disconnect().catch(() => undefined);

  /**
   * Opens the second connection again, while the first one is up. Slack closes each connection hours after it was
   * opened: two that were opened together are closed together, and what is sent meanwhile is lost.
   */
  const reopenSecondary = async (): Promise<void> => {
    if (stopped || !connected.has(primary)) return;
    reopening = true;
    try {
      await secondary.client.disconnect();
      if (!stopped) await secondary.client.start();
    } catch (error) {
      log.warn({ err: error }, 'Second Slack connection failed');
    } finally {
      reopening = false;
    }
  };

  return {
    primary,
    async start(app, signal) {
      await withAbort(Promise.race([primary.start(), appTokenWatch.refused]), signal);
      secondary.init(app);
      // Nobody needs to wait for it: one line is enough to be heard.
      secondary.start().then(
        () => {
          if (stopped) disconnect(secondary);
          else setTimeout(() => void reopenSecondary(), staggerMs).unref();
        },
        (error: unknown) => log.warn({ err: error }, 'Second Slack connection failed'),
      );
    },
    problem: () => (connected.size > 0 ? null : problem),
    async stop() {
      stopped = true;
      problem = 'stopped';
      // A line that is being closed takes no acknowledgement any more, and whoever clicked is told that we failed.
      for (const deadline = Date.now() + ACK_LIMIT_MS; Date.now() < deadline; await pause(5)) {
        // What has arrived is read first: that happens between one turn and the next.
        await yieldToEventLoop();
        await yieldToEventLoop();
        if (unacknowledged.size === 0) break;
      }
      connected.clear();
      disconnect(primary);
      disconnect(secondary);
    },
  };
}

/**
 * Hears when Slack refuses the app-level token for good: the client of Socket Mode takes most refusals for passing ones,
 * and would try for ever.
 */
function watchAppToken() {
  let reportRejection: (error: SlackSetupError) => void = () => undefined;
  const refused = new Promise<never>((_resolve, reject) => {
    reportRejection = reject;
  });
  // Nobody may be waiting for it any more.
  refused.catch(() => undefined);
  const listening: typeof fetch = async (...request) => {
    const response = await fetch(...request);
    if (response.ok) {
      const data = (await response.clone().json()) as { ok: boolean; error: string };
      const error = Object.assign(new Error(data.error), { data });
      if (!data.ok && isPermanentError(error))
        reportRejection(new SlackSetupError(appTokenErrorText(data.error)));
    }
    return response;
  };
  return { refused, listening };
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
