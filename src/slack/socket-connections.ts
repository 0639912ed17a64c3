import { setTimeout as pause, setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { App, SocketModeReceiver } from '@slack/bolt';
import { withAbort } from '../concurrency.ts';
import type { Log } from '../usecases/shared/context.ts';
import { createSocketConnection, type SocketConnectionOptions } from './socket-connection.ts';

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

export interface SocketConnectionsOptions extends Omit<SocketConnectionOptions, 'onConnected' | 'signal'> {
  /** How long after the first connection the second one is reopened. */
  readonly staggerMs?: number;
}

/** Slack shows people an error when an acknowledgement takes longer. */
const ACK_LIMIT_MS = 3_000;
const STAGGER_MS = 30 * 60_000;

/**
 * Two connections to Slack, which sends each envelope over one of them. Every few hours Slack asks to reconnect, which
 * takes a moment; meanwhile, the other connection receives clicks.
 *
 * https://docs.slack.dev/apis/events-api/using-socket-mode allows ten connections, so five processes.
 */
export function createSocketConnections(
  { staggerMs = STAGGER_MS, ...options }: SocketConnectionsOptions,
  log: Log,
): SocketConnections {
  /** Received and not yet acknowledged, by envelope. */
  const unacknowledged = new Set<string>();
  const stopping = new AbortController();
  let staggering: NodeJS.Timeout | undefined;

  /**
   * Opens the second connection again, while the first one is up. Slack closes each connection hours after it was
   * opened: two that were opened together are closed together, and what is sent meanwhile is lost.
   */
  const stagger = ({ reopened }: { readonly reopened: boolean }) => {
    if (reopened) return;
    clearTimeout(staggering);
    staggering = setTimeout(() => {
      if (primary.isConnected() && secondary.isConnected()) secondary.reopen();
    }, staggerMs).unref();
  };
  const create = () =>
    createSocketConnection({ ...options, signal: stopping.signal, onConnected: stagger }, log);
  const [primary, secondary] = [create(), create()];
  for (const { receiver } of [primary, secondary]) {
    receiver.client.on('slack_event', ({ envelope_id: id }: { envelope_id: string }) => {
      unacknowledged.add(id);
      setTimeout(() => unacknowledged.delete(id), ACK_LIMIT_MS).unref();
    });
    receiver.client.on('outgoing_message', ({ envelope_id: id }: { envelope_id: string }) => {
      unacknowledged.delete(id);
    });
  }

  return {
    primary: primary.receiver,
    async start(app, signal) {
      await withAbort(primary.start(), signal);
      secondary.receiver.init(app);
      // Do not wait for it: one connection is enough.
      secondary.start().catch((error: unknown) => log.warn({ err: error }, 'Second Slack connection failed'));
    },
    problem() {
      if (stopping.signal.aborted) return 'stopped';
      return secondary.isConnected() ? null : primary.problem();
    },
    async stop() {
      stopping.abort();
      clearTimeout(staggering);
      // A closing connection takes no acknowledgement anymore, and the person would see an error.
      for (const deadline = Date.now() + ACK_LIMIT_MS; Date.now() < deadline; await pause(5)) {
        // Let the event loop read what has already arrived.
        await yieldToEventLoop();
        await yieldToEventLoop();
        if (unacknowledged.size === 0) break;
      }
      primary.close();
      secondary.close();
    },
  };
}
