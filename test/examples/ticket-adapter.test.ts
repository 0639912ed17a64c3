import { afterAll, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { parseConfig } from '../../src/config/config.ts';
import { accountId } from '../../src/domain/account.ts';
import { findTokenRequest } from '../../src/store/token-requests.ts';
import { cancelTokenRequest } from '../../src/usecases/tokens/cancel-token-request.ts';
import { approveTokenRequest } from '../../src/usecases/tokens/decide-token-request.ts';
import { submitTokenRequest } from '../../src/usecases/tokens/submit-token-request.ts';
import { startBotHarness } from '../support/bot-harness.ts';
import { delivered } from '../support/delivered.ts';
import { BEN, SAM } from '../support/reminders.ts';

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}
interface Ticket {
  readonly key: string;
  readonly externalId: string;
  readonly summary: string;
  readonly status: string;
  readonly comments: readonly string[];
}
interface TicketSystem extends Server {
  readonly tickets: ReadonlyMap<string, Ticket>;
}

/** Loads a program of the example; it is plain JavaScript. */
const load = async (file: string) =>
  (await import(new URL(`../../examples/ticket-adapter/${file}`, import.meta.url).href)) as {
    startAdapter(options: object): Promise<Server>;
    startTicketSystem(options: object): Promise<TicketSystem>;
  };

const BENS = accountId('555566660002');
const HOUR_MS = 60 * 60_000;
const [webhookSecret = '', callbackSecret = ''] = [7, 8].map(
  (byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`,
);
const ben = { id: BEN, admin: false };

// Each gets the addresses of the others once they exist: they read their options at each call.
const options = { webhookSecret, callbackSecret, ticketsUrl: '', botUrl: '', subscriberUrl: '' };
const { startTicketSystem } = await load('ticket-system.mjs');
const ticketSystem = await startTicketSystem(options);
const adapter = await (await load('adapter.mjs')).startAdapter(options);
const { bot, clock } = await startBotHarness({
  config: parseConfig(`
slack: { channel: C01SECURITY, admins: [U01SAM] }
tokens: { ticketSystem: { name: Fake tickets, secretVariable: CALLBACK_SECRET } }
webhooks:
  - name: tickets
    urlVariable: TICKETS_URL
    secretVariable: TICKETS_SECRET
    events: [token.requested, token.approved, token.shipped, token.withdrawn]
`),
  webhooks: [
    { name: 'tickets', url: `${adapter.url}/bot`, secret: webhookSecret, allowPrivateAddresses: false },
  ],
  ticketSystem: { name: 'Fake tickets', secret: callbackSecret },
});
const { ctx } = bot;
options.botUrl = `http://127.0.0.1:${bot.port}/hooks/token-requests`;
options.ticketsUrl = ticketSystem.url;
options.subscriberUrl = `${adapter.url}/tickets`;
afterAll(async () => {
  await adapter.stop();
  await ticketSystem.stop();
});

/** A request by Ben, once the bot has delivered what follows from it. */
async function request(id: string) {
  await submitTokenRequest(ctx, {
    form: { id, kind: 'security-key', quantity: 2 },
    accountIds: [BENS],
    by: ben,
  });
  await delivered(ctx);
  return ticketOf(id);
}

const ticketOf = (id: string) =>
  [...ticketSystem.tickets.values()].find(({ externalId }) => externalId === id);
const stateOf = async (id: string) => (await findTokenRequest(ctx.db, id))?.state;

async function change(ticket: Ticket | undefined, changes: object) {
  const response = await fetch(`${ticketSystem.url}/tickets/${ticket?.key}`, {
    method: 'PATCH',
    body: JSON.stringify(changes),
  });
  await delivered(ctx);
  return response.status;
}

const withdraw = (requestId: string) => cancelTokenRequest(ctx, { requestId, by: ben, reason: null });

test('a request becomes a ticket, and the ticket takes it all the way', async () => {
  const ticket = await request('r1');
  expect(ticket).toMatchObject({ status: 'Open', summary: '2 × security-key for ben-prototype' });
  expect(await findTokenRequest(ctx.db, 'r1')).toMatchObject({ ticket: ticket?.key });

  await change(ticket, { status: 'Approved' });
  expect(await stateOf('r1')).toBe('approved');
  await change(ticket, { status: 'Shipped', carrier: 'DHL', tracking: '123' });
  await change(ticket, { status: 'Delivered' });

  expect(await findTokenRequest(ctx.db, 'r1')).toMatchObject({
    state: 'received',
    decidedBy: 'system:Fake tickets',
    shippingNote: 'DHL, 123',
  });
  await withdraw('r1');
  await delivered(ctx);
  expect(ticketOf('r1')?.status).toBe('Closed');
});

test('what people decide in Slack is written into the ticket, and what it cannot do is refused there', async () => {
  const ticket = await request('r2');

  expect(await change(ticket, { status: 'Shipped' })).toBe(502);
  await approveTokenRequest(ctx, { requestId: 'r2', by: { id: SAM, admin: true } });
  await delivered(ctx);

  expect(ticketOf('r2')).toMatchObject({ status: 'Approved', comments: ['Approved.'] });
  await withdraw('r2');
});

test('with the ticket system down for a day, its ticket is there afterwards, once', async () => {
  options.ticketsUrl = 'http://127.0.0.1:1';
  await request('r3');
  const passHours = async (hours: number) => {
    for (let passed = 0; passed < hours; passed += 1) {
      clock.advance(HOUR_MS);
      ctx.notificationsQueued();
      await delivered(ctx);
    }
  };
  await passHours(20);
  expect(ticketOf('r3')).toBeUndefined();

  options.ticketsUrl = ticketSystem.url;
  await passHours(10);

  const tickets = [...ticketSystem.tickets.values()].filter(({ externalId }) => externalId === 'r3');
  expect(tickets).toHaveLength(1);
  expect(await findTokenRequest(ctx.db, 'r3')).toMatchObject({ ticket: tickets[0]?.key });
});

test('an event that arrives twice makes one ticket; one that the bot did not sign makes none', async () => {
  const event = JSON.stringify({
    type: 'token.enrolled',
    timestamp: '2026-11-24T09:00:00.000Z',
    data: { requestId: 'r4', quantity: 1, kind: 'security-key', office: null, accounts: [], ticket: null },
  });
  const send = async (secret: string) => {
    const at = new Date();
    const { status } = await fetch(`${adapter.url}/bot`, {
      method: 'POST',
      headers: {
        'webhook-id': 'evt_1',
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': new Webhook(secret).sign('evt_1', at, event),
      },
      body: event,
    });
    return status;
  };

  expect(await send(callbackSecret)).toBe(401);
  expect(ticketOf('r4')).toBeUndefined();
  expect([await send(webhookSecret), await send(webhookSecret)]).toEqual([200, 200]);
  expect([...ticketSystem.tickets.values()].filter(({ externalId }) => externalId === 'r4')).toHaveLength(1);
});
