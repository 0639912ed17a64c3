import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Delivery, Envelope, Receipt } from './delivery.ts';
import { asJson, asText, parseJson } from './json.ts';

const PING_MS = 10_000;
/** Slack allows an app ten connections. */
const MAX_CONNECTIONS = 10;

type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'cut';

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
  disconnect(reason: DisconnectReason, which?: 'all' | 'next'): void;
}

export interface SocketOptions {
  readonly server: Server;
  /** Of the app that connects. */
  readonly appId: string;
  readonly host: () => string;
  readonly ackLimitMs: number;
  readonly onChange: () => void;
}

/** Returns the delivery of envelopes over the WebSockets that the app opens. Each goes to one of them, in turn. */
export function createSocketDelivery(options: SocketOptions): SocketDelivery {
  return new WebSocketDelivery(options);
}

interface PendingEnvelope {
  readonly socket: WebSocket;
  readonly settle: (receipt: Receipt) => void;
}

class WebSocketDelivery implements SocketDelivery {
  readonly #options: SocketOptions;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  /** What waits for its acknowledgement, by the ID of its envelope. */
  readonly #pending = new Map<string, PendingEnvelope>();
  /** The one whose turn is next first. */
  readonly #open: WebSocket[] = [];
  readonly #pings: NodeJS.Timeout;
  #refused = false;

  constructor(options: SocketOptions) {
    this.#options = options;
    options.server.on('upgrade', this.#upgrade);
    this.#pings = setInterval(() => {
      for (const socket of this.#open) socket.ping();
    }, PING_MS);
    this.#pings.unref();
  }

  async deliver({ type, payload, retry }: Envelope): Promise<Receipt> {
    const socket = this.#takeTurn();
    if (!socket) return { kind: 'failed', reason: 'no_listener' };

    const envelope_id = randomUUID();
    const receipt = this.#receiptOf(envelope_id, socket);
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
    return receipt;
  }

  connections(): number {
    return this.#open.length;
  }

  address(): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return `ws://${this.#options.host()}/link/?ticket=${ticket}&app_id=${this.#options.appId}`;
  }

  refuse(refused: boolean): void {
    this.#refused = refused;
  }

  disconnect(reason: DisconnectReason, which: 'all' | 'next' = 'all'): void {
    for (const socket of which === 'all' ? [...this.#open] : this.#open.slice(0, 1)) {
      if (reason === 'cut') socket.terminate();
      else socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-local' } }));
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#pings);
    this.#options.server.off('upgrade', this.#upgrade);
    for (const socket of [...this.#open]) socket.terminate();
    await new Promise<void>((resolve) => {
      this.#sockets.close(() => resolve());
    });
  }

  readonly #upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const known = url.pathname === '/link/' && this.#tickets.delete(url.searchParams.get('ticket') ?? '');
    // A client can end at any moment; an error without a listener would end this process.
    stream.on('error', () => stream.destroy());
    if (this.#refused || !known || this.#open.length >= MAX_CONNECTIONS) {
      stream.end(
        `HTTP/1.1 ${this.#refused ? '503 Service Unavailable' : '403 Forbidden'}\r\nConnection: close\r\n\r\n`,
      );
      return;
    }
    this.#sockets.handleUpgrade(request, stream, head, (socket) => this.#sayHello(socket));
  };

  #sayHello(socket: WebSocket): void {
    this.#open.push(socket);
    socket.on('message', (data) => {
      const { envelope_id, payload } = asJson(parseJson(String(data)));
      this.#pending.get(asText(envelope_id))?.settle({ kind: 'acked', answer: asJson(payload) });
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#remove(socket));
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#open.length,
        debug_info: { host: 'applink-local', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: this.#options.appId },
      }),
    );
    this.#options.onChange();
  }

  #remove(socket: WebSocket): void {
    this.#open.splice(this.#open.indexOf(socket), 1);
    for (const one of this.#pending.values())
      if (one.socket === socket) one.settle({ kind: 'failed', reason: 'timeout' });
    this.#options.onChange();
  }

  /** Returns the socket whose turn it is. Nothing more is sent to an app that began to close. */
  #takeTurn(): WebSocket | undefined {
    const turn = this.#open.findIndex(({ readyState, OPEN }) => readyState === OPEN);
    const [socket] = turn < 0 ? [] : this.#open.splice(turn, 1);
    if (socket) this.#open.push(socket);
    return socket;
  }

  #receiptOf(envelopeId: string, socket: WebSocket): Promise<Receipt> {
    return new Promise((resolve) => {
      const settle = (receipt: Receipt): void => {
        clearTimeout(timer);
        this.#pending.delete(envelopeId);
        resolve(receipt);
      };
      const timer = setTimeout(() => settle({ kind: 'failed', reason: 'timeout' }), this.#options.ackLimitMs);
      this.#pending.set(envelopeId, { socket, settle });
    });
  }
}

/** Only commands, submissions and searches may be answered within the ack. */
function isForm(type: unknown): boolean {
  return type === 'view_submission' || type === 'block_suggestion';
}
