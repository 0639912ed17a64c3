import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { TicketSystem, WebhookEndpoint } from '../config/webhook-endpoints.ts';
import type { TicketCall } from '../domain/webhooks/ticket-call.ts';
import { type DemoTicket, stepText, summaryOf, type TokenEvent, ticketPage } from './ticket.ts';

/** A ticket system that hears from the bot by webhook, and answers as a real one would. */
export interface DemoTicketSystem {
  readonly name: string;
  readonly tickets: readonly DemoTicket[];
  /** Whether it ships approved keys by itself, a day later. */
  shipsByItself: boolean;
  /** Where the bot sends its events. */
  readonly webhook: WebhookEndpoint;
  /** How its calls to the bot are signed. */
  readonly caller: TicketSystem;
  /** The address of a ticket's page; `{ticket}` is replaced. */
  readonly ticketUrl: string;
  /** Tells where the bot takes calls, once it runs. */
  connect(botPort: number): void;
  /** Ships what is due. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

const NAME = 'Service desk';
const FIRST_NUMBER = 101;
const SHIPS_AFTER_MS = 24 * 60 * 60_000;

/** Starts the ticket system of the demo, on this machine. */
export async function startTicketSystem({ now }: { readonly now: () => Date }): Promise<DemoTicketSystem> {
  const system = new LocalTicketSystem(now);
  await system.listen();
  return system;
}

class LocalTicketSystem implements DemoTicketSystem {
  readonly name = NAME;
  readonly caller: TicketSystem = { name: NAME, secret: newSecret() };
  shipsByItself = true;
  readonly #now: () => Date;
  readonly #webhookSecret = newSecret();
  readonly #verifier = new Webhook(this.#webhookSecret);
  readonly #signer = new Webhook(this.caller.secret);
  readonly #tickets = new Map<string, DemoTicket>();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.writeHead(500).end());
  });
  #botUrl: string | undefined;

  constructor(now: () => Date) {
    this.#now = now;
  }

  get tickets(): readonly DemoTicket[] {
    return [...this.#tickets.values()];
  }

  get webhook(): WebhookEndpoint {
    const url = `${this.#url}/events`;
    return { name: 'tickets', url, secret: this.#webhookSecret, allowPrivateAddresses: false };
  }

  get ticketUrl(): string {
    return `${this.#url}/tickets/{ticket}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  connect(botPort: number): void {
    this.#botUrl = `http://127.0.0.1:${botPort}/hooks/token-requests`;
  }

  async tick(): Promise<void> {
    if (!this.shipsByItself) return;
    for (const { requestId, key, state, history } of this.#tickets.values()) {
      const since = history.at(-1)?.at ?? this.#now();
      if (state !== 'approved' || this.#now().getTime() - since.getTime() < SHIPS_AFTER_MS) continue;
      const tracking = `00340434161${key.replace(/\D/g, '').padStart(9, '0')}`;
      await this.#callBot({ type: 'token.shipped', data: { requestId, carrier: 'DHL', tracking } });
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'POST' && request.url === '/events') {
      const event = await this.#verifiedEvent(request);
      if (event) await this.#takeEvent(event);
      response.writeHead(event ? 200 : 401).end();
      return;
    }
    const ticket = this.tickets.find(({ key }) => request.url === `/tickets/${key}`);
    if (!ticket) {
      response.writeHead(404).end('Not found');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(ticketPage(NAME, ticket));
  }

  async #verifiedEvent(request: IncomingMessage): Promise<TokenEvent | undefined> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    try {
      return this.#verifier.verify(body, request.headers as Record<string, string>) as TokenEvent;
    } catch {
      return undefined;
    }
  }

  /** Opens a ticket for a new request, and keeps it up to date. An event that arrives twice changes nothing. */
  async #takeEvent({ timestamp, data }: TokenEvent): Promise<void> {
    const { requestId, state } = data;
    const existing = this.#tickets.get(requestId);
    if (existing?.state === state && state !== 'shipped') return;
    const ticket: DemoTicket = existing ?? {
      key: `KEY-${FIRST_NUMBER + this.#tickets.size}`,
      requestId,
      summary: summaryOf(data),
      history: [],
      state,
    };
    const step = { at: new Date(timestamp), text: stepText(data) };
    this.#tickets.set(requestId, { ...ticket, state, history: [...ticket.history, step] });
    if (state === 'requested') {
      await this.#callBot({ type: 'token.ticket_set', data: { requestId, ticket: ticket.key } });
    }
  }

  async #callBot(call: Pick<TicketCall, 'type' | 'data'>): Promise<void> {
    if (this.#botUrl === undefined) return;
    const body = JSON.stringify({ ...call, timestamp: this.#now().toISOString() });
    const id = `call_${randomUUID()}`;
    // The bot compares the time with its own, which is never a simulated one here.
    const at = new Date();
    const response = await fetch(this.#botUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': this.#signer.sign(id, at, body),
      },
      body,
    });
    await response.arrayBuffer();
  }
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
