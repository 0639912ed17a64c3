import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Delivery, Envelope, Receipt } from './delivery.ts';
import { asJson, asText, parseJson } from './json.ts';

const PING_MS = 10_000;
/** Slack allows an app ten connections. */
const MAX_CONNECTIONS = 10;

/** Socket Mode's side of Slack. */
export interface SocketDelivery extends Delivery {
  /** A fresh `ws://` address, good for one connection. */
  address(): string;
  /** From now on no WebSocket is accepted, or they are again. */
  refuse(refused: boolean): void;
  /**
   * Asks the app to reconnect, as Slack does every few hours, or cuts the connections without a word: all of them, or
   * only the one whose turn is next.
   */
  disconnect(reason: 'warning' | 'refresh_requested' | 'link_disabled' | 'cut', which?: 'all' | 'next'): void;
}

export interface SocketOptions {
  readonly server: Server;
  /** Of the app that connects. */
  readonly appId: string;
  readonly host: () => string;
  readonly ackLimitMs: number;
  readonly onChange: () => void;
}

/** Envelopes over the WebSockets that the app opens. Each goes to one of them, in turn. */
export function createSocketDelivery({
  server,
  appId,
  host,
  ackLimitMs,
  onChange,
}: SocketOptions): SocketDelivery {
  const sockets = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const waiting = new Map<
    string,
    { readonly socket: WebSocket; readonly settle: (receipt: Receipt) => void }
  >();
  const open: WebSocket[] = [];
  let refused = false;

  const sendHello = (socket: WebSocket): void => {
    open.push(socket);
    socket.on('message', (data) => {
      const { envelope_id, payload } = asJson(parseJson(String(data)));
      waiting.get(asText(envelope_id))?.settle({ kind: 'acked', answer: asJson(payload) });
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      open.splice(open.indexOf(socket), 1);
      for (const one of waiting.values())
        if (one.socket === socket) one.settle({ kind: 'failed', reason: 'timeout' });
      onChange();
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: open.length,
        debug_info: { host: 'applink-local', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: appId },
      }),
    );
    onChange();
  };

  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const known = url.pathname === '/link/' && tickets.delete(url.searchParams.get('ticket') ?? '');
    // A client can end at any moment; an error without a listener would end this process.
    stream.on('error', () => stream.destroy());
    if (refused || !known || open.length >= MAX_CONNECTIONS) {
      stream.end(
        `HTTP/1.1 ${refused ? '503 Service Unavailable' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`,
      );
      return;
    }
    sockets.handleUpgrade(request, stream, head, sendHello);
  };
  server.on('upgrade', upgrade);

  const pings = setInterval(() => {
    for (const socket of open) socket.ping();
  }, PING_MS);
  pings.unref();

  const deliver = async ({ type, payload, retry }: Envelope): Promise<Receipt> => {
    // Nothing more is sent to an app that began to close.
    const turn = open.findIndex(({ readyState, OPEN }) => readyState === OPEN);
    const [socket] = turn < 0 ? [] : open.splice(turn, 1);
    if (!socket) return { kind: 'failed', reason: 'no_listener' };
    open.push(socket);

    const envelope_id = randomUUID();
    return new Promise((resolve) => {
      const settle = (receipt: Receipt): void => {
        clearTimeout(timer);
        waiting.delete(envelope_id);
        resolve(receipt);
      };
      const timer = setTimeout(() => settle({ kind: 'failed', reason: 'timeout' }), ackLimitMs);
      waiting.set(envelope_id, { socket, settle });
      socket.send(
        JSON.stringify({
          envelope_id,
          type,
          accepts_response_payload: type === 'slash_commands' || isForm(payload['type']),
          ...(type === 'events_api' && {
            retry_attempt: retry?.attempt ?? 0,
            retry_reason: retry?.reason ?? '',
          }),
          payload,
        }),
      );
    });
  };

  return {
    deliver,
    connections: () => open.length,
    address: () => {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `ws://${host()}/link/?ticket=${ticket}&app_id=${appId}`;
    },
    refuse: (value) => {
      refused = value;
    },
    disconnect: (reason, which = 'all') => {
      for (const socket of which === 'all' ? [...open] : open.slice(0, 1)) {
        if (reason === 'cut') socket.terminate();
        else
          socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-local' } }));
      }
    },
    close: async () => {
      clearInterval(pings);
      server.off('upgrade', upgrade);
      for (const socket of [...open]) socket.terminate();
      await new Promise<void>((resolve) => {
        sockets.close(() => resolve());
      });
    },
  };
}

/** Only commands, submissions and searches may be answered within the ack. */
function isForm(type: unknown): boolean {
  return type === 'view_submission' || type === 'block_suggestion';
}
