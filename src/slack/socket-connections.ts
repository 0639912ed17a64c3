import { setTimeout as pause, setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { type App, SocketModeReceiver } from '@slack/bolt';
import { withAbort } from '../concurrency.ts';
import type { Log } from '../usecases/shared/context.ts';
import { createBoltLogger } from './bolt-logger.ts';
import { isPermanentError, SlackSetupError } from './retry.ts';

/** The WebSockets of Socket Mode. */
export interface SocketConnections {
  /** The receiver for Bolt. */
  readonly primary: SocketModeReceiver;
  /** Connects as soon as Slack answers; throws a SlackSetupError if Slack refuses. */
  start(app: App, signal: AbortSignal): Promise<void>;
  /** Why nothing can be received; `null` while at least one connection is open. */
  problem(): string | null;
  /** Closes both connections. */
  stop(): Promise<void>;
}

const TIMEOUT_MS = 10_000;
/** Slack shows people an error when an acknowledgement takes longer. */
const ACK_LIMIT_MS = 3_000;
/** How long after the first connection the second one is reopened. */
const STAGGER_MS = 30 * 60_000;
/** Retries forever, at least every 15 seconds. */
const RECONNECT_POLICY = { forever: true, factor: 1.3, minTimeout: 1_000, maxTimeout: 15_000 };

/**
 * Two connections to Slack, which sends each envelope over one of them. Every few hours Slack asks to reconnect, which
 * takes the client five seconds; meanwhile, the other connection receives clicks.
 *
 * https://docs.slack.dev/apis/events-api/using-socket-mode allows ten connections, so five processes.
 *
 * Each receiver gets its own options: Bolt changes them.
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
  /** Received and not yet acknowledged, by envelope. */
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
    // The first sign of a lost connection; the client starts to reconnect some seconds later.
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
  // Resolves only when Slack has closed its side, which can take seconds: do not wait for that.
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
      // Do not wait for it: one connection is enough.
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
      // A closing connection takes no acknowledgement anymore, and the person would see an error.
      for (const deadline = Date.now() + ACK_LIMIT_MS; Date.now() < deadline; await pause(5)) {
        // Let the event loop read what has already arrived.
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
 * Detects that Slack refuses the app-level token: the Socket Mode client treats most refusals as transient and would
 * retry forever.
 */
function watchAppToken() {
  let reportRejection: (error: SlackSetupError) => void = () => undefined;
  const refused = new Promise<never>((_resolve, reject) => {
    reportRejection = reject;
  });
  // There may be no caller left to handle the rejection.
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
