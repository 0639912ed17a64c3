import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { accountId } from '../../src/domain/account.ts';
import { listAuditEntries } from '../../src/store/audit-log.ts';
import { findTokenRequest } from '../../src/store/token-requests.ts';
import { cancelTokenRequest } from '../../src/usecases/tokens/cancel-token-request.ts';
import { approveTokenRequest } from '../../src/usecases/tokens/decide-token-request.ts';
import { submitTokenRequest } from '../../src/usecases/tokens/submit-token-request.ts';
import { startBotHarness } from '../support/bot-harness.ts';
import { BEN, SAM } from '../support/reminders.ts';
import { SECRET } from '../webhooks/receiver.ts';

const BENS = accountId('555566660002');
const { slack, bot, clock, logged } = await startBotHarness({
  ticketSystem: { name: 'Jira', secret: SECRET },
});
const { ctx } = bot;
const url = `http://127.0.0.1:${bot.port}/hooks/token-requests`;
const ben = { id: BEN, admin: false };
const sam = { id: SAM, admin: true };

/** Ben's request for his one account; the one before is cancelled. */
async function aRequest(): Promise<string> {
  const id = randomUUID();
  const request = () =>
    submitTokenRequest(ctx, {
      form: { id, kind: 'security-key', quantity: 2, office: 'London' },
      accountIds: [BENS],
      by: ben,
    });
  const first = await request();
  if (first.kind !== 'already-open') return id;
  await cancelTokenRequest(ctx, { requestId: first.request.id, by: ben, reason: null });
  await request();
  return id;
}

const approve = (requestId: string) => approveTokenRequest(ctx, { requestId, by: sam });

interface CallOptions {
  readonly id?: string;
  readonly sentAt?: number;
  readonly secret?: string;
  readonly happenedAt?: Date;
}

/** A call as the ticket system would sign and send it. */
async function send(
  body: string,
  { id = randomUUID(), sentAt = Date.now(), secret = SECRET }: CallOptions = {},
) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(sentAt / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, new Date(sentAt), body),
    },
    body,
  });
  return { status: response.status, ...((await response.json()) as object) };
}

function call(type: string, data: object, options: CallOptions = {}) {
  const timestamp = (options.happenedAt ?? clock.now()).toISOString();
  return send(JSON.stringify({ type, timestamp, data }), options);
}

describe('the ticket system', () => {
  test('takes a request to its end, and Slack shows it as if a person had clicked', async () => {
    const requestId = await aRequest();
    const inChannel = (words: string) =>
      slack.waitUntil(() =>
        slack
          .as('U01SAM')
          .messages('#security-keys')
          .some(({ shown }) => shown.includes(words)),
      );
    const toBen = (words: string) =>
      slack.waitUntil(() =>
        slack
          .as('U04BEN')
          .messages('dm')
          .some(({ shown }) => shown.includes(words)),
      );

    expect(await call('token.ticket_set', { requestId, ticket: 'SEC-12' })).toEqual({
      status: 200,
      changed: true,
      state: 'requested',
    });
    await inChannel('Ticket: SEC-12');
    expect(await call('token.approved', { requestId })).toMatchObject({ changed: true, state: 'approved' });
    await inChannel('Jira approved it');
    await toBen('Jira approved it');
    await toBen('Ticket: SEC-12');
    const shipment = { carrier: 'DHL', tracking: '00340434161094', serial: '5C-17' };
    expect(await call('token.shipped', { requestId, ...shipment })).toMatchObject({ state: 'shipped' });
    await toBen('DHL, 00340434161094');
    expect(await call('token.received', { requestId })).toMatchObject({ changed: true, state: 'received' });
    await toBen('Jira says that');
    await inChannel('Jira marked it as received');

    expect(await findTokenRequest(ctx.db, requestId)).toMatchObject({
      state: 'received',
      decidedBy: 'system:Jira',
      shippedBy: 'system:Jira',
      shippingNote: 'DHL, 00340434161094',
      serial: '5C-17',
      receivedBy: 'system:Jira',
    });
    const audited = await listAuditEntries(ctx.db, { accountId: BENS, limit: 4 });
    expect(audited.map(({ actor, kind }) => `${actor} ${kind}`)).toEqual([
      'system:Jira token-received',
      'system:Jira token-shipped',
      'system:Jira token-approved',
      'system:Jira token-ticket-set',
    ]);
  });

  test('declines with a reason for the requester', async () => {
    const requestId = await aRequest();

    expect(await call('token.declined', { requestId, reason: 'Use the key you have.' })).toMatchObject({
      changed: true,
      state: 'declined',
    });
    expect(await findTokenRequest(ctx.db, requestId)).toMatchObject({ reason: 'Use the key you have.' });
  });
});

describe('a call that comes twice, late or too early', () => {
  test('changes nothing when it was processed before, and says so', async () => {
    const requestId = await aRequest();
    const id = randomUUID();
    const copies = await Promise.all(
      Array.from({ length: 5 }, () => call('token.approved', { requestId }, { id })),
    );

    expect(copies.filter((answer) => 'changed' in answer && answer.changed)).toHaveLength(1);
    expect(await call('token.approved', { requestId }, { id })).toEqual({
      status: 200,
      changed: false,
      state: 'approved',
      reason: 'This call was processed before.',
    });
    expect(await call('token.approved', { requestId })).toMatchObject({
      status: 200,
      changed: false,
      reason: 'The request is approved already.',
    });
    const audited = await listAuditEntries(ctx.db, { accountId: BENS, limit: 2 });
    expect(audited.map(({ kind }) => kind)).toEqual(['token-approved', 'token-requested']);
  });

  test('is refused when the request cannot go that way yet, and accepted later under the same id', async () => {
    const requestId = await aRequest();
    const id = randomUUID();
    const ship = () => call('token.shipped', { requestId, carrier: 'Front desk, London' }, { id });

    expect(await ship()).toEqual({
      status: 409,
      changed: false,
      state: 'requested',
      reason: 'Cannot apply token.shipped: the request is waiting for approval.',
    });
    await approve(requestId);
    expect(await ship()).toMatchObject({ status: 200, changed: true, state: 'shipped' });
  });

  test('is refused when the request is closed', async () => {
    const requestId = await aRequest();
    await cancelTokenRequest(ctx, { requestId, by: ben, reason: null });

    expect(await call('token.approved', { requestId })).toMatchObject({ status: 409, state: 'cancelled' });
    expect(await call('token.ticket_set', { requestId, ticket: 'SEC-1' })).toMatchObject({ status: 409 });
  });

  test('keys that were lost are shipped again; an older shipment does not come back', async () => {
    const requestId = await aRequest();
    await approve(requestId);
    const shipped = (tracking: string, happenedAt?: Date) =>
      call('token.shipped', { requestId, carrier: 'DHL', tracking }, happenedAt && { happenedAt });
    const before = new Date(clock.now().getTime() - 60_000);
    await shipped('1');
    clock.advance(1000);

    expect(await shipped('1')).toMatchObject({ status: 200, changed: false });
    expect(await shipped('2')).toMatchObject({ status: 200, changed: true });
    expect(await shipped('1', before)).toMatchObject({ status: 200, changed: false });
    expect(await findTokenRequest(ctx.db, requestId)).toMatchObject({ shippingNote: 'DHL, 2' });
  });
});

describe('what the ticket system did not send', () => {
  test('is refused: another secret, an old time, a time in the future, nothing signed', async () => {
    const requestId = await aRequest();
    const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

    expect(await call('token.approved', { requestId }, { secret: other })).toMatchObject({ status: 401 });
    expect(await call('token.approved', { requestId }, { sentAt: Date.now() - 6 * 60_000 })).toMatchObject({
      status: 401,
    });
    expect(await call('token.approved', { requestId }, { sentAt: Date.now() + 10 * 60_000 })).toMatchObject({
      status: 401,
    });
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await fetch(url)).status).toBe(405);
    expect(await findTokenRequest(ctx.db, requestId)).toMatchObject({ state: 'requested' });
  });

  test('does not fill the log', () => {
    const refusals = logged.filter(({ message }) => message === 'Request refused');

    expect(refusals.length).toBeGreaterThan(0);
    expect(refusals.length).toBeLessThan(4);
  });
});

test('a call is accepted when one of its signatures is right, so that a secret can be changed', async () => {
  const requestId = await aRequest();
  const body = JSON.stringify({
    type: 'token.approved',
    timestamp: clock.now().toISOString(),
    data: { requestId },
  });
  const at = new Date();
  const sign = (secret: string) => new Webhook(secret).sign('one', at, body);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'webhook-id': 'one',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': `${sign(`whsec_${Buffer.alloc(32, 9).toString('base64')}`)} ${sign(SECRET)}`,
    },
    body,
  });

  expect(response.status).toBe(200);
});

test('metrics are not shown on a port that a ticket system can reach, without a token', async () => {
  expect((await fetch(new URL('/metrics', url))).status).toBe(404);
});

describe('a call that cannot be read', () => {
  const when = '2026-11-24T09:00:00Z';

  test.each([
    ['no JSON', 'The body is not JSON.'],
    ['null', 'Cannot read the body: expected one of token.approved'],
    [
      { type: 'token.enrolled', timestamp: when, data: { requestId: 'r1' } },
      'Cannot read type: expected one of',
    ],
    [
      { type: 'token.approved', timestamp: when, data: {} },
      'Cannot read data.requestId: expected the requestId',
    ],
    [
      { type: 'token.declined', timestamp: when, data: { requestId: 'r1', reason: ' ' } },
      'Cannot read data.reason: expected a reason for the requester.',
    ],
    [
      { type: 'token.approved', timestamp: 'today', data: { requestId: 'r1' } },
      'Cannot read timestamp: expected a time such as 2026-11-24T09:00:00Z.',
    ],
  ])('is refused with a sentence: %j', async (body, problem) => {
    expect(await send(typeof body === 'string' ? body : JSON.stringify(body))).toEqual({
      status: 400,
      error: expect.stringContaining(problem),
    });
  });

  test('is refused when it is too large, and when no request has that id', async () => {
    expect(await send('x'.repeat(70_000))).toMatchObject({ status: 413 });
    expect(await call('token.approved', { requestId: 'none' })).toMatchObject({ status: 404 });
  });
});
