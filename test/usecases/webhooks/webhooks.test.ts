import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { readTicketSystem, readWebhookEndpoints } from '../../../src/config/webhook-endpoints.ts';
import { accountId } from '../../../src/domain/account.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { webhookEventSchemas } from '../../../src/domain/webhooks/event.ts';
import { saveAccounts } from '../../../src/store/accounts.ts';
import { countWebhookEvents, listDeadLetters, requeueDeadLetters } from '../../../src/store/outbox.ts';
import { savePeople } from '../../../src/store/people.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { applyScanEffects } from '../../../src/usecases/scan/apply-scan-effects/index.ts';
import { cancelTokenRequest } from '../../../src/usecases/tokens/cancel-token-request.ts';
import {
  approveTokenRequest,
  declineTokenRequest,
} from '../../../src/usecases/tokens/decide-token-request.ts';
import { submitTokenRequest } from '../../../src/usecases/tokens/submit-token-request.ts';
import { deliverWebhook } from '../../../src/usecases/webhooks/deliver-webhook.ts';
import { createWebhookSender } from '../../../src/webhooks/sender.ts';
import { aDispatcher, SECURITY } from '../../slack/outbox/dispatcher-harness.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { schemaProblems } from '../../support/webhook-schema.ts';
import { SECRET, startReceiver, status } from '../../webhooks/receiver.ts';

const db = await testDatabase();
const PAYMENTS = accountId('111122223333');
const LEDGER = accountId('111122224444');
const ana = { id: slackUserId('U03ANA'), admin: false };
const sam = { id: slackUserId('U01SAM'), admin: true };
const HOUR = 60 * 60_000;

const config = parseConfig(`
owners:
  accounts: { "${PAYMENTS}": U03ANA, "${LEDGER}": U03ANA }
webhooks:
  - name: tickets
    urlVariable: TICKETS_URL
    secretVariable: TICKETS_SECRET
    events: [token.requested, token.approved, token.withdrawn, verdict.lost]
`);

const toStop: (() => Promise<unknown>)[] = [];
beforeEach(() => emptyTables(db));
afterEach(async () => {
  for (const stop of toStop.splice(0).reverse()) await stop();
});

/** Ana's two accounts, a dispatcher, and a ticket system. */
async function aCompany() {
  const receiver = await startReceiver();
  const env = { TICKETS_URL: receiver.url, TICKETS_SECRET: SECRET };
  const sender = createWebhookSender(readWebhookEndpoints(config, env));
  toStop.push(receiver.stop, sender.close);
  const harness = await aDispatcher(db, {
    deliverWebhook: (notification, signal) =>
      deliverWebhook(
        {
          db,
          sender,
          now: harness.clock.now,
          claimClock: harness.clock.now,
          log,
          instance: 'one',
          random: () => 0,
        },
        notification,
        signal,
      ),
  });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { slack, clock, dispatcher } = harness;
  const channels = { digest: SECURITY, tokens: SECURITY, channelBlockReason: async () => undefined };
  const ctx = aContext({ db, config, now: clock.now, admins: [sam.id], channels });
  await saveAccounts(
    db,
    [anAccount({ id: PAYMENTS, name: 'payments-prod' }), anAccount({ id: LEDGER, name: 'ledger' })],
    clock.now(),
  );
  const facts = {
    kind: 'member',
    teamId: 'T0',
    timeZone: 'UTC',
    awayUntil: null,
    readAt: clock.now(),
  } as const;
  await savePeople(db, [
    { slackId: ana.id, email: 'ana@example.com', name: 'Ana', ...facts },
    { slackId: sam.id, email: 'sam@example.com', name: 'Sam', ...facts },
  ]);
  return {
    ctx,
    slack,
    clock,
    dispatcher,
    receiver,
    request: (id: string, account = PAYMENTS) =>
      submitTokenRequest(ctx, {
        form: { id, kind: 'security-key', quantity: 2 },
        accountIds: [account],
        by: ana,
      }),
    approve: (requestId: string) => approveTokenRequest(ctx, { requestId, by: sam }),
    async passHours(hours: number) {
      for (let passed = 0; passed < hours; passed += 1) {
        clock.advance(HOUR);
        await dispatcher.deliverDue();
      }
    },
    received: () => receiver.calls.map(({ event }) => `${event.type} ${event.data['requestId']}`),
  };
}

test('each step of a request is an event, in order', async () => {
  const { request, approve, dispatcher, receiver, received } = await aCompany();
  await request('r1');
  await approve('r1');

  await dispatcher.deliverDue();

  expect(received()).toEqual(['token.requested r1', 'token.approved r1']);
  expect(receiver.calls[1]?.event.data).toMatchObject({
    state: 'approved',
    requestedBy: 'U03ANA',
    decidedBy: 'U01SAM',
    accounts: [{ accountId: PAYMENTS, name: 'payments-prod', settled: null }],
  });
});

test('an event that was not subscribed to is not sent', async () => {
  const { ctx, request, dispatcher, received } = await aCompany();
  await request('r1');
  await declineTokenRequest(ctx, { requestId: 'r1', by: sam, reason: 'Use the key you have' });

  await dispatcher.deliverDue();

  expect(received()).toEqual(['token.requested r1']);
});

test('with the ticket system down for a day every event arrives, once and in order', async () => {
  const { request, approve, passHours, receiver, received, dispatcher } = await aCompany();
  receiver.answerWith(status(503));
  await request('r1');
  await approve('r1');
  await dispatcher.deliverDue();
  await passHours(24);
  const attempts = receiver.calls.length;
  expect(new Set(receiver.calls.map(({ id }) => id)).size).toBe(1);

  receiver.answerWith(status(200));
  await passHours(12);

  expect(received().slice(attempts)).toEqual(['token.requested r1', 'token.approved r1']);
  expect(await listDeadLetters(db, 10)).toEqual([]);
});

test('a request that waits does not hold up another one', async () => {
  const { request, approve, receiver, received, dispatcher } = await aCompany();
  receiver.answerWith(status(500));
  await request('r1');
  await dispatcher.deliverDue();
  receiver.answerWith(status(200));
  await approve('r1');
  await request('r2', LEDGER);

  await dispatcher.deliverDue();

  expect(received()).toEqual(['token.requested r1', 'token.requested r2']);
});

test('after more than a day of failures an event is given up, visible, and can be sent again', async () => {
  const { request, passHours, receiver, received, dispatcher, clock } = await aCompany();
  receiver.answerWith(status(500));
  await request('r1');
  await dispatcher.deliverDue();
  await passHours(32);
  const failedAttempts = receiver.calls.length;

  const [dead] = await listDeadLetters(db, 10);
  expect(dead).toMatchObject({
    kind: 'webhook',
    to: { kind: 'webhook', id: 'tickets' },
    lastError: 'the receiver returned 500',
    attempts: 11,
  });
  expect(await countWebhookEvents(db)).toEqual([{ webhook: 'tickets', state: 'dead', count: 1 }]);
  receiver.answerWith(status(200));
  await requeueDeadLetters(db, new Date(clock.now().getTime() - 48 * HOUR));
  await dispatcher.deliverDue();
  expect(received().slice(failedAttempts)).toEqual(['token.requested r1']);
});

test('a receiver that hangs, then answers, gets the event twice under the same id', async () => {
  const { request, passHours, receiver, dispatcher } = await aCompany();
  receiver.answerWith(() => undefined);
  await request('r1');
  await dispatcher.deliverDue();
  receiver.answerWith(status(200));

  await passHours(1);

  const [first, second, third] = receiver.calls;
  expect(second?.id).toBe(first?.id);
  expect(third).toBeUndefined();
});

test('events queued for a webhook that the configuration no longer names are dropped', async () => {
  const { request, clock } = await aCompany();
  await request('r1');
  const sender = createWebhookSender([]);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const later = await aDispatcher(db, {
    now: clock.now,
    claimClock: clock.now,
    deliverWebhook: (notification) =>
      deliverWebhook({ db, sender, now: clock.now, log, instance: 'one' }, notification),
  });

  await later.dispatcher.deliverDue();

  expect(await listDeadLetters(db, 10)).toMatchObject([
    { lastError: 'root-mfa.yml no longer names the webhook tickets' },
  ]);
});

test('a token that Slack refuses stops messages, not webhooks', async () => {
  const { request, approve, dispatcher, received, slack } = await aCompany();
  slack.injectFault({ method: '*', error: 'invalid_auth', times: Number.POSITIVE_INFINITY });
  await request('r1');
  await dispatcher.deliverDue();
  await approve('r1');

  await dispatcher.deliverDue();

  expect(received()).toEqual(['token.requested r1', 'token.approved r1']);
});

test('MFA that was removed and a request that was withdrawn are events', async () => {
  const { ctx, request, dispatcher, receiver, clock } = await aCompany();
  const look = async (level1: 'pass' | 'fail') => {
    clock.advance(1000);
    const verdict = aVerdict({ mfa: level1 === 'pass' ? 'fido' : 'none', level1 });
    const observation = { account: anAccount({ id: LEDGER }), verdict, errors: [], checkedAt: clock.now() };
    await db.transaction(async (tx) =>
      applyScanEffects({ tx, ctx, at: clock.now() }, await saveObservations(tx, null, [observation])),
    );
  };
  await look('pass');
  await look('fail');
  await request('r1');
  await cancelTokenRequest(ctx, { requestId: 'r1', by: ana, reason: 'Found a spare' });

  await dispatcher.deliverDue();

  expect(receiver.calls.map(({ event }) => event)).toMatchObject([
    { type: 'verdict.lost', data: { name: 'ledger', before: { mfa: 'fido' }, after: { mfa: 'none' } } },
    { type: 'token.requested', data: { requestId: 'r1' } },
    { type: 'token.withdrawn', data: { reason: 'Found a spare' } },
  ]);
  for (const { event } of receiver.calls) expect(schemaProblems(event)).toEqual([]);
});

/** The examples of docs/webhooks.md, by type. */
function examples(): [type: string, example: { readonly type: string }][] {
  const page = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^### (\S+)\n[\s\S]*?```json\n([\s\S]*?)```/gm)].map(
    ([, type = '', json = '']) => [type, JSON.parse(json)],
  );
}

test('the documentation has an example of every event that its schema accepts', () => {
  expect(examples().map(([type, example]) => [type, schemaProblems(example)])).toEqual(
    Object.keys(webhookEventSchemas()).map((type) => [type, []]),
  );
});

test('the published schema is that of the code', () => {
  const file = new URL('../../../docs/webhooks.schema.json', import.meta.url);

  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(webhookEventSchemas())));
});

test('wrong or missing variables of a webhook are all named, without their values', () => {
  const read = (env: Record<string, string>) => () => readWebhookEndpoints(config, env);

  expect(read({})).toThrow(/TICKETS_URL is missing[\s\S]*TICKETS_SECRET is missing/);
  expect(read({ TICKETS_URL: 'http://tickets.example.com', TICKETS_SECRET: 'whsec_c2hvcnQ=' })).toThrow(
    /TICKETS_URL is not an https:\/\/ address[\s\S]*TICKETS_SECRET is not whsec_ and 24 bytes/,
  );
  expect(read({ TICKETS_URL: 'https://tickets.example.com/hook', TICKETS_SECRET: SECRET })).not.toThrow();
});

test('the secret of the ticket system is named when it is missing, weak or that of a webhook', () => {
  const withSystem = parseConfig(`
tokens: { ticketSystem: { name: Jira, secretVariable: CALLBACK_SECRET } }
webhooks: [{ name: tickets, urlVariable: URL, secretVariable: TICKETS_SECRET, events: [token.requested] }]
`);
  const read = (env: Record<string, string>) => () => readTicketSystem(withSystem, env);

  expect(readTicketSystem(config, {})).toBeUndefined();
  expect(read({})).toThrow(/^CALLBACK_SECRET is missing: tokens.ticketSystem of root-mfa.yml names it$/);
  expect(read({ CALLBACK_SECRET: 'short' })).toThrow(/CALLBACK_SECRET is not whsec_ and 24 bytes/);
  expect(read({ CALLBACK_SECRET: SECRET, TICKETS_SECRET: SECRET })).toThrow(/is the secret of a webhook too/);
  expect(read({ CALLBACK_SECRET: SECRET })()).toEqual({ name: 'Jira', secret: SECRET });
});
