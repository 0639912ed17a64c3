import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { readWebhookEndpoints, TOKEN_WORKFLOW } from '../../../src/config/webhook-endpoints.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { saveAccounts } from '../../../src/store/accounts.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { claimDue } from '../../../src/store/outbox.ts';
import { findTokenRequest } from '../../../src/store/token-requests.ts';
import { submitTokenRequest } from '../../../src/usecases/tokens/submit-token-request.ts';
import { deliverWebhook } from '../../../src/usecases/webhooks/deliver-webhook.ts';
import { createWebhookSender } from '../../../src/webhooks/sender.ts';
import { anAccount } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';

const db = await testDatabase();
const PAYMENTS = anAccount({ name: 'payments-prod' });
const sam = { id: slackUserId('U01SAM'), admin: true };
const NOW = new Date('2026-11-24T09:00:00Z');
const settings = (more = '') =>
  parseConfig(`tokens: { mode: workflow, workflowUrlVariable: WORKFLOW_URL, offices: [London]${more} }`);

/** What Slack got. */
const started: { readonly headers: IncomingHttpHeaders; readonly body: unknown }[] = [];
const slack = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  started.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
  response.end('{"ok":true}');
});
await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(slack.address() as AddressInfo).port}/triggers/T0/1/x`;
const sender = createWebhookSender(readWebhookEndpoints(settings(), { WORKFLOW_URL: url }));
afterAll(async () => {
  await sender.close();
  slack.closeAllConnections();
  await new Promise((resolve) => slack.close(resolve));
});

beforeEach(async () => {
  await emptyTables(db);
  started.length = 0;
  await saveAccounts(db, [PAYMENTS], NOW);
});

const request = (config: ReturnType<typeof settings>) =>
  submitTokenRequest(aContext({ db, config, now: () => NOW }), {
    form: { id: 'r1', kind: 'security-key', quantity: 2, office: 'London', note: 'For the vault' },
    accountIds: [PAYMENTS.id],
    by: sam,
  });

/** Delivers what is queued for the workflow. */
async function deliver(): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const due = await claimDue(db, { by: 'one', limit: 10, leaseMs: 60_000, at: NOW });
  for (const notification of due.filter(({ to }) => to.id === TOKEN_WORKFLOW)) {
    const options = { db, sender, now: () => NOW, claimClock: () => NOW, log, instance: 'one' };
    expect(await deliverWebhook(options, notification)).toBe('sent');
  }
}

test('a request starts the workflow with flat text and no signature, and is kept here, too', async () => {
  expect((await request(settings())).kind).toBe('requested');
  await deliver();

  expect(started.map(({ body }) => body)).toEqual([
    {
      request_id: 'r1',
      requested_by: 'U01SAM',
      kind: 'security-key',
      quantity: '2',
      accounts: `payments-prod (${PAYMENTS.id})`,
      office: 'London',
      note: 'For the vault',
      ticket: '',
    },
  ]);
  expect(started[0]?.headers['webhook-signature']).toBeUndefined();
  expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'requested' });
});

test('where the company keeps requests elsewhere, a form that is sent twice starts the workflow once', async () => {
  const config = settings(', keepRequests: false');
  expect((await request(config)).kind).toBe('handed-over');
  expect((await request(config)).kind).toBe('handed-over');
  await deliver();

  expect(started).toHaveLength(1);
  expect(await findTokenRequest(db, 'r1')).toBeUndefined();
  const audited = await listAuditEntries(db, { limit: 5 });
  expect(audited.map(({ kind, actor }) => `${actor} ${kind}`)).toEqual(['U01SAM token-requested']);
});

test('the address must be that of a trigger in Slack', () => {
  const read = (address?: string) => () =>
    readWebhookEndpoints(settings(), address === undefined ? {} : { WORKFLOW_URL: address });

  expect(read()).toThrow('WORKFLOW_URL is missing: tokens.workflowUrlVariable of root-mfa.yml names it');
  expect(read('https://example.com/triggers/T0')).toThrow(/is not https:\/\/hooks.slack.com\/triggers/);
  expect(read('https://hooks.slack.com/triggers/T0/1/x')).not.toThrow();
  expect(() => parseConfig('tokens: { mode: workflow }')).toThrow(/because tokens.mode is workflow/);
});
