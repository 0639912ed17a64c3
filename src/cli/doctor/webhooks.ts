import { randomUUID } from 'node:crypto';
import { ConfigError } from '../../config/config.ts';
import {
  readTicketSystem,
  readWebhookEndpoints,
  TOKEN_WORKFLOW,
  type WebhookEndpoint,
} from '../../config/webhook-endpoints.ts';
import { webhookTestEvent } from '../../domain/webhooks/event.ts';
import { createWebhookSender, type WebhookCallResult } from '../../webhooks/sender.ts';
import { type Check, type CheckResult, fail, ok } from './check.ts';
import type { DoctorResources } from './resources.ts';

const VARIABLES_ADVICE = 'Set these in the environment of the bot; docs/webhooks.md says how.';

export const webhookChecks: readonly Check[] = [
  { name: 'webhooks', run: checkWebhooks },
  { name: 'ticket system', run: checkTicketSystem },
];

/** Checks the addresses and secrets of webhooks, and on request sends each a test event. */
async function checkWebhooks({ config, env, now, sendTestEvent }: DoctorResources): Promise<CheckResult> {
  const settings = await config.require();
  return withVariables('webhooks', async () => {
    const configured = readWebhookEndpoints(settings, env);
    // A test event would start the workflow with a request that no one made.
    const endpoints = configured.filter(({ name }) => name !== TOKEN_WORKFLOW);
    const workflow =
      configured.length > endpoints.length ? ['key requests start a workflow in Slack'] : undefined;
    if (endpoints.length === 0) return ok('not used: webhooks is empty', workflow);
    const names = endpoints.map(({ name }) => name).join(', ');
    if (!sendTestEvent)
      return ok(`${names}; “npm run doctor -- --send-test-event” sends each a test event`, workflow);

    const results = await sendTo(endpoints, now());
    const lines = results.map(({ name, result }) => `${name}: ${resultText(result)}`);
    return results.every(({ result }) => result?.kind === 'delivered')
      ? ok(`${names} accepted the test event`, lines)
      : fail(
          'a test event was not accepted',
          'Check the address, the secret and the log of the receiver; docs/webhooks.md says what it must answer.',
          lines,
        );
  });
}

async function checkTicketSystem({ config, env }: DoctorResources): Promise<CheckResult> {
  const settings = await config.require();
  return withVariables('the ticket system', async () => {
    const ticketSystem = readTicketSystem(settings, env);
    return ticketSystem
      ? ok(`${ticketSystem.name} can call /hooks/token-requests`)
      : ok('not used: tokens.ticketSystem is not set');
  });
}

async function sendTo(endpoints: readonly WebhookEndpoint[], at: Date) {
  const sender = createWebhookSender(endpoints);
  try {
    const call = { id: `evt_${randomUUID()}`, body: JSON.stringify(webhookTestEvent(at)) };
    return await Promise.all(
      endpoints.map(async ({ name }) => ({ name, result: await sender.send({ webhook: name, ...call }) })),
    );
  } finally {
    await sender.close();
  }
}

function resultText(result: WebhookCallResult | undefined): string {
  return result && result.kind !== 'delivered' ? result.error : 'accepted';
}

async function withVariables(what: string, check: () => Promise<CheckResult>): Promise<CheckResult> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fail(`settings of ${what} are missing or invalid`, VARIABLES_ADVICE, error.problems);
  }
}
