import { setTimeout as pause, setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { App, SocketModeReceiver } from '@slack/bolt';
import { withAbort } from '../concurrency.ts';
import type { Log } from '../usecases/shared/context.ts';
import {
  createSocketConnection,
  type SocketConnection,
  type SocketConnectionOptions,
} from './socket-connection.ts';

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

export interface SocketConnectionsOptions
  extends Omit<SocketConnectionOptions, 'onConnected' | 'untilReplaceable' | 'signal'> {
  /** How long after the first connection the second one is reopened. */
  readonly staggerMs?: number;
}

/** Slack shows people an error when an acknowledgement takes longer. */
const ACK_LIMIT_MS = 3_000;
const STAGGER_MS = 30 * 60_000;
/** Slack closes a connection ten seconds after it asked for a new one. */
const REFRESH_LIMIT_MS = 8_000;
const POLL_MS = 5;

/**
 * Two connections to Slack, which sends each envelope over one of them. Every few hours Slack asks to reconnect, which
 * takes a moment; meanwhile, the other connection receives clicks. If it asks both at once, one waits for the other.
 *
 * https://docs.slack.dev/apis/events-api/using-socket-mode allows ten connections, so five processes.
 */
export function createSocketConnections(
  { staggerMs = STAGGER_MS, ...options }: SocketConnectionsOptions,
  log: Log,
): SocketConnections {
  const stopping = new AbortController();
  let staggering: NodeJS.Timeout | undefined;
  /** The connection that closes to open again. */
  let replacing: SocketConnection | undefined;

  /**
   * Opens the second connection again, while the first one is up. Slack closes each connection hours after it was
   * opened: two that were opened together are closed together, and what is sent meanwhile is lost.
   */
  const stagger = ({ reopened }: { readonly reopened: boolean }) => {
    if (reopened) return;
    clearTimeout(staggering);
    staggering = setTimeout(() => {
      if (replacing || !primary.isConnected() || !secondary.isConnected()) return;
      replacing = secondary;
      secondary.reopen();
    }, staggerMs).unref();
  };
  const waitFor = async (condition: () => boolean, limitMs: number) => {
    const deadline = performance.now() + limitMs;
    while (!condition() && performance.now() < deadline && !stopping.signal.aborted) await pause(POLL_MS);
  };
  const create = (self: () => SocketConnection, other: () => SocketConnection) =>
    createSocketConnection(
      {
        ...options,
        signal: stopping.signal,
        async untilReplaceable(isOpen) {
          const isTurn = () => replacing !== other() && other().isConnected();
          await waitFor(() => isTurn() || !isOpen(), REFRESH_LIMIT_MS);
          if (!isOpen()) return;
          replacing = self();
          // A connection that was closed takes no acknowledgement: the event loop first reads what has already arrived.
          await yieldToEventLoop();
          await yieldToEventLoop();
          await waitFor(() => unacknowledged.get(self())?.size === 0, ACK_LIMIT_MS);
        },
        onConnected(how) {
          if (replacing === self()) replacing = undefined;
          stagger(how);
        },
      },
      log,
    );
  const primary: SocketConnection = create(
    () => primary,
    () => secondary,
  );
  const secondary: SocketConnection = create(
    () => secondary,
    () => primary,
  );
  /** The envelopes that each connection received and has not acknowledged yet. */
  const unacknowledged = new Map([primary, secondary].map((connection) => [connection, new Set<string>()]));
  for (const [{ receiver }, envelopes] of unacknowledged) {
    receiver.client.on('slack_event', ({ envelope_id: id }: { envelope_id: string }) => {
      envelopes.add(id);
      setTimeout(() => envelopes.delete(id), ACK_LIMIT_MS).unref();
    });
    receiver.client.on('outgoing_message', ({ envelope_id: id }: { envelope_id: string }) => {
      envelopes.delete(id);
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
      for (const deadline = Date.now() + ACK_LIMIT_MS; Date.now() < deadline; await pause(POLL_MS)) {
        // Let the event loop read what has already arrived.
        await yieldToEventLoop();
        await yieldToEventLoop();
        if ([...unacknowledged.values()].every(({ size }) => size === 0)) break;
      }
      primary.close();
      secondary.close();
    },
  };
}
