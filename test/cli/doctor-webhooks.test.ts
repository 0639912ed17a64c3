import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createResources } from '../../src/cli/doctor/resources.ts';
import { webhookChecks } from '../../src/cli/doctor/webhooks.ts';
import { schemaProblems } from '../support/webhook-schema.ts';
import { SECRET, startReceiver, status } from '../webhooks/receiver.ts';

const folder = mkdtempSync(join(tmpdir(), 'doctor-webhooks-'));
const receiver = await startReceiver();
afterAll(async () => {
  await receiver.stop();
  rmSync(folder, { recursive: true });
});

const file = join(folder, 'root-mfa.yml');
writeFileSync(
  file,
  `tokens: { ticketSystem: { name: Jira, secretVariable: CALLBACK_SECRET } }
webhooks: [{ name: tickets, urlVariable: TICKETS_URL, secretVariable: TICKETS_SECRET, events: [token.requested] }]
`,
);
const env = {
  ROOT_MFA_CONFIG: file,
  TICKETS_URL: receiver.url,
  TICKETS_SECRET: SECRET,
  CALLBACK_SECRET: `whsec_${Buffer.alloc(32, 8).toString('base64')}`,
};

async function check(settings: Record<string, string | undefined>, sendTestEvent = false) {
  const resources = createResources(settings, { sendTestEvent });
  return Promise.all(webhookChecks.map(({ run }) => run(resources)));
}

test('doctor checks the variables of webhooks, and sends nothing', async () => {
  expect(await check(env)).toEqual([
    { state: 'ok', message: 'tickets; “npm run doctor -- --send-test-event” sends each a test event' },
    { state: 'ok', message: 'Jira can call /hooks/token-requests' },
  ]);
  expect(receiver.calls).toEqual([]);
});

test('doctor names variables that are missing', async () => {
  expect(await check({ ROOT_MFA_CONFIG: file })).toMatchObject([
    { state: 'failed', details: [/^TICKETS_URL is missing/, /^TICKETS_SECRET/].map(expect.stringMatching) },
    { state: 'failed', details: [expect.stringMatching(/^CALLBACK_SECRET is missing/)] },
  ]);
});

test('doctor sends a test event on request, and says what the receiver answered', async () => {
  const [accepted] = await check(env, true);
  receiver.answerWith(status(401));
  const [refused] = await check(env, true);

  expect(accepted).toMatchObject({ state: 'ok', details: ['tickets: accepted'] });
  expect(refused).toMatchObject({ state: 'failed', details: ['tickets: the receiver returned 401'] });
  expect(receiver.calls.map(({ event }) => event.type)).toEqual(['webhook.test', 'webhook.test']);
  for (const { event } of receiver.calls) expect(schemaProblems(event)).toEqual([]);
});
