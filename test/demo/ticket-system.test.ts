import { afterAll, expect, test } from '@jest/globals';
import { demoConfig } from '../../src/demo/demo-config.ts';
import { ticketStateText } from '../../src/demo/ticket.ts';
import { startTicketSystem } from '../../src/demo/ticket-system.ts';
import { accountId } from '../../src/domain/account.ts';
import { findTokenRequest } from '../../src/store/token-requests.ts';
import { approveTokenRequest } from '../../src/usecases/tokens/decide-token-request.ts';
import { submitTokenRequest } from '../../src/usecases/tokens/submit-token-request.ts';
import { startBotHarness } from '../support/bot-harness.ts';
import { delivered } from '../support/delivered.ts';
import { ANA, BEN, SAM } from '../support/reminders.ts';

const BENS = accountId('555566660002');
const ANAS = accountId('222233330007');
const DAY_MS = 24 * 60 * 60_000;

let now = () => new Date();
const tickets = await startTicketSystem({ now: () => now() });
const { bot, slack, clock } = await startBotHarness({
  config: demoConfig({ ticketSystem: tickets }),
  webhooks: [tickets.webhook],
  ticketSystem: tickets.caller,
});
const { ctx } = bot;
now = clock.now;
tickets.connect(bot.port);
afterAll(() => tickets.close());

const keys = (words: string) =>
  slack.waitUntil(() =>
    slack
      .as('U01SAM')
      .messages('#security-keys')
      .findLast(({ shown }) => shown.includes(words)),
  );

test('a request becomes a ticket, which is linked, and ships by itself a day after its approval', async () => {
  await submitTokenRequest(ctx, {
    form: { id: 'r1', kind: 'security-key', quantity: 2, office: 'London', note: '<script>' },
    accountIds: [BENS],
    by: { id: BEN, admin: false },
  });
  const url = tickets.ticketUrl.replace('{ticket}', 'KEY-101');
  expect(JSON.stringify((await keys('KEY-101')).blocks)).toContain(`<${url}|KEY-101>`);

  await approveTokenRequest(ctx, { requestId: 'r1', by: { id: SAM, admin: true } });
  await delivered(ctx);
  expect(tickets.tickets[0]?.state).toBe('approved');
  await tickets.tick();
  expect(await findTokenRequest(ctx.db, 'r1')).toMatchObject({ state: 'approved' });
  clock.advance(DAY_MS);
  await tickets.tick();
  await delivered(ctx);
  await keys('Service desk shipped it');
  await slack.waitUntil(() =>
    slack
      .as('U04BEN')
      .messages('dm')
      .some(({ shown }) => shown.includes('DHL, 00340434161000000101')),
  );
  await delivered(ctx);
  const page = await (await fetch(url)).text();
  expect(page).toContain('2 × security key for ben-prototype, to London');
  expect(page).toContain('Shipped: DHL, 00340434161000000101');
});

test('it does not ship while that is switched off', async () => {
  tickets.shipsByItself = false;
  await submitTokenRequest(ctx, {
    form: { id: 'r2', kind: 'security-key', quantity: 1, office: 'London' },
    accountIds: [ANAS],
    by: { id: ANA, admin: true },
  });
  await approveTokenRequest(ctx, { requestId: 'r2', by: { id: SAM, admin: true } });
  await delivered(ctx);
  expect(tickets.tickets[1]?.state).toBe('approved');
  clock.advance(2 * DAY_MS);
  await tickets.tick();

  expect(await findTokenRequest(ctx.db, 'r2')).toMatchObject({ state: 'approved', ticket: 'KEY-102' });
  expect(tickets.tickets.map(ticketStateText)).toEqual(['Shipped', 'Approved']);
});

test('events that the bot did not sign are refused', async () => {
  const response = await fetch(tickets.webhook.url, { method: 'POST', body: '{}' });

  expect(response.status).toBe(401);
  expect(tickets.tickets).toHaveLength(2);
});
