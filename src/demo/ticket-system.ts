import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { TicketSystem, WebhookEndpoint } from '../config/webhook-endpoints.ts';
import type { WebhookEvent } from '../domain/webhooks/event.ts';
import type { TicketCall } from '../domain/webhooks/ticket-call.ts';

type TokenEvent = Extract<WebhookEvent, { readonly type: `token.${string}` }>;

/** A ticket of the simulated company: one for each token request. */
export interface DemoTicket {
  readonly key: string;
  readonly requestId: string;
  readonly summary: string;
  /** What happened, oldest first. */
  readonly history: readonly { readonly at: Date; readonly text: string }[];
  readonly state: TokenEvent['data']['state'];
}

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

const STATE_TEXT = {
  requested: 'Waiting for approval',
  approved: 'Approved',
  declined: 'Declined',
  shipped: 'Shipped',
  received: 'Received',
  enrolled: 'Done: registered on root',
  cancelled: 'Withdrawn',
} as const satisfies Record<DemoTicket['state'], string>;

/** Returns what people read about the state of a ticket. */
export function ticketStateText({ state }: DemoTicket): string {
  return STATE_TEXT[state];
}

/** Starts the ticket system of the demo, on this machine. */
export async function startTicketSystem({ now }: { readonly now: () => Date }): Promise<DemoTicketSystem> {
  const caller: TicketSystem = { name: NAME, secret: newSecret() };
  const webhookSecret = newSecret();
  const verifier = new Webhook(webhookSecret);
  const signer = new Webhook(caller.secret);
  const tickets = new Map<string, DemoTicket>();
  let botUrl: string | undefined;

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const system: DemoTicketSystem = {
    name: NAME,
    get tickets() {
      return [...tickets.values()];
    },
    shipsByItself: true,
    webhook: { name: 'tickets', url: `${url}/events`, secret: webhookSecret, allowPrivateAddresses: false },
    caller,
    ticketUrl: `${url}/tickets/{ticket}`,
    connect(botPort) {
      botUrl = `http://127.0.0.1:${botPort}/hooks/token-requests`;
    },
    async tick() {
      if (!system.shipsByItself) return;
      for (const { requestId, key, state, history } of tickets.values()) {
        const since = history.at(-1)?.at ?? now();
        if (state !== 'approved' || now().getTime() - since.getTime() < SHIPS_AFTER_MS) continue;
        const tracking = `00340434161${key.replace(/\D/g, '').padStart(9, '0')}`;
        await callBot({ type: 'token.shipped', data: { requestId, carrier: 'DHL', tracking } });
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return system;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'POST' && request.url === '/events') {
      const event = await verifiedEvent(request);
      if (event) await takeEvent(event);
      response.writeHead(event ? 200 : 401).end();
      return;
    }
    const ticket = [...tickets.values()].find(({ key }) => request.url === `/tickets/${key}`);
    if (!ticket) {
      response.writeHead(404).end('Not found');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(ticketPage(ticket));
  }

  async function verifiedEvent(request: IncomingMessage): Promise<TokenEvent | undefined> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    try {
      return verifier.verify(body, request.headers as Record<string, string>) as TokenEvent;
    } catch {
      return undefined;
    }
  }

  /** Opens a ticket for a new request, and keeps it up to date. An event that arrives twice changes nothing. */
  async function takeEvent({ timestamp, data }: TokenEvent): Promise<void> {
    const { requestId, state } = data;
    const existing = tickets.get(requestId);
    if (existing?.state === state && state !== 'shipped') return;
    const ticket: DemoTicket = existing ?? {
      key: `KEY-${FIRST_NUMBER + tickets.size}`,
      requestId,
      summary: summaryOf(data),
      history: [],
      state,
    };
    const step = { at: new Date(timestamp), text: stepText(data) };
    tickets.set(requestId, { ...ticket, state, history: [...ticket.history, step] });
    if (state === 'requested') {
      await callBot({ type: 'token.ticket_set', data: { requestId, ticket: ticket.key } });
    }
  }

  async function callBot(call: Pick<TicketCall, 'type' | 'data'>): Promise<void> {
    if (botUrl === undefined) return;
    const body = JSON.stringify({ ...call, timestamp: now().toISOString() });
    const id = `call_${randomUUID()}`;
    // The bot compares the time with its own, which is never a simulated one here.
    const at = new Date();
    const response = await fetch(botUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': signer.sign(id, at, body),
      },
      body,
    });
    await response.arrayBuffer();
  }
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function summaryOf({ quantity, kind, accounts, office }: TokenEvent['data']): string {
  const names = accounts.map(({ name }) => name).join(', ');
  const what = kind === 'security-key' ? 'security key' : 'hardware token';
  return `${quantity} × ${what} for ${names}${office === null ? '' : `, to ${office}`}`;
}

function stepText({ state, reason, shipment }: TokenEvent['data']): string {
  const detail = state === 'shipped' ? shipment?.note : reason;
  return detail ? `${STATE_TEXT[state]}: ${detail}` : STATE_TEXT[state];
}

function ticketPage({ key, summary, history }: DemoTicket): string {
  const steps = history.map(
    ({ at, text }) =>
      `<li><time>${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time> ${escapeHtml(text)}</li>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${key}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}time{color:#667;margin-right:.5rem}</style>
</head><body><p>${NAME} (simulated)</p><h1>${key}</h1><p>${escapeHtml(summary)}</p><ul>${steps.join('')}</ul></body></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
