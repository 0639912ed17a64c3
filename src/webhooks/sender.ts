import { Webhook } from 'standardwebhooks';
import { Agent, errors, request } from 'undici';
import { isLoopbackHost, type WebhookEndpoint } from '../config/webhook-endpoints.ts';
import { AddressRefusedError, assertAllowedHost, createGuardedLookup } from './address.ts';

/** What came of one call. `gone`: the receiver says that it wants no more of it. */
export type WebhookCallResult =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'failed'; readonly error: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'gone'; readonly error: string };

/** Calls webhooks. */
export interface WebhookSender {
  /** Makes one call; undefined where no webhook has that name. Never throws for what the receiver does. */
  send(call: WebhookCall, signal?: AbortSignal): Promise<WebhookCallResult | undefined>;
  close(): Promise<void>;
}

export interface WebhookCall {
  readonly webhook: string;
  /** The same for every attempt: receivers that have seen it take no second one. */
  readonly id: string;
  readonly body: string;
}

const TIMEOUT_MS = 10_000;
const MAX_IGNORED_BODY_BYTES = 64 * 1024;

/**
 * Creates a sender of signed calls, by the Standard Webhooks specification. It follows no redirects, and connects to
 * public addresses only unless the endpoint allows others.
 */
export function createWebhookSender(
  endpoints: readonly WebhookEndpoint[],
  { timeoutMs = TIMEOUT_MS, clock = () => new Date() }: { timeoutMs?: number; clock?: () => Date } = {},
): WebhookSender {
  const receivers = new Map(endpoints.map((endpoint) => [endpoint.name, openReceiver(endpoint, timeoutMs)]));
  return {
    async send({ webhook, id, body }, signal) {
      const receiver = receivers.get(webhook);
      if (!receiver) return undefined;
      // Receivers compare the time with theirs, so it is never a simulated one.
      const at = clock();
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        assertAllowedHost(receiver.url.hostname, receiver.rules);
        const {
          statusCode,
          headers,
          body: answer,
        } = await request(receiver.url, {
          method: 'POST',
          dispatcher: receiver.agent,
          signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
          headers: {
            'content-type': 'application/json',
            'user-agent': 'root-mfa-bot',
            'webhook-id': id,
            'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
            ...(receiver.signer && { 'webhook-signature': receiver.signer.sign(id, at, body) }),
          },
          body,
        });
        // The status is the answer, whatever the body does.
        await answer.dump({ limit: MAX_IGNORED_BODY_BYTES }).catch(() => undefined);
        return resultOf(statusCode, headers['retry-after']);
      } catch (error) {
        if (deadline.aborted) return failed(`no answer within ${timeoutMs / 1000} seconds`);
        return failed(errorText(error));
      }
    },
    async close() {
      await Promise.all([...receivers.values()].map(({ agent }) => agent.destroy()));
    },
  };
}

function openReceiver(endpoint: WebhookEndpoint, timeoutMs: number) {
  const url = new URL(endpoint.url);
  const rules = { loopback: isLoopbackHost(url.hostname), allowPrivate: endpoint.allowPrivateAddresses };
  const agent = new Agent({
    connect: { lookup: createGuardedLookup(rules), timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  return { url, rules, agent, signer: endpoint.secret === null ? undefined : new Webhook(endpoint.secret) };
}

function resultOf(status: number, retryAfter: string | string[] | undefined): WebhookCallResult {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return { kind: 'gone', error: 'the receiver returned 410 (gone)' };
  if (status >= 300 && status < 400) {
    return failed(`the receiver returned ${status}, a redirect, which is not followed`);
  }
  const seconds = Number(retryAfter);
  return failed(`the receiver returned ${status}`, Number.isFinite(seconds) ? seconds * 1000 : null);
}

function failed(error: string, retryAfterMs: number | null = null): WebhookCallResult {
  return { kind: 'failed', error, retryAfterMs };
}

/** Never the address: it can hold a secret. */
function errorText(error: unknown): string {
  if (error instanceof AddressRefusedError) return error.message;
  if (error instanceof errors.UndiciError) return `the call failed (${error.code})`;
  const { code, name } = error as NodeJS.ErrnoException;
  return `the receiver cannot be reached (${code ?? name})`;
}
