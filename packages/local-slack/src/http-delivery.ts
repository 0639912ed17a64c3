import { createHmac } from 'node:crypto';
import type { Delivery, Envelope, Receipt } from './delivery.ts';
import { asJson, parseJson } from './json.ts';

export interface HttpOptions {
  /** Where the app listens, such as `http://127.0.0.1:3000/slack/events`. */
  readonly requestUrl: string;
  readonly signingSecret: string;
  readonly ackLimitMs: number;
}

/**
 * Envelopes as signed HTTP requests.
 *
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function createHttpDelivery({ requestUrl, signingSecret, ackLimitMs }: HttpOptions): Delivery {
  const closing = new AbortController();

  const deliver = async (envelope: Envelope): Promise<Receipt> => {
    const { contentType, body } = encodeRequest(envelope);
    // The app compares this with its own clock, so the workspace's clock, which may be ahead, will not do.
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    try {
      const response = await fetch(requestUrl, {
        method: 'POST',
        headers: {
          'content-type': contentType,
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': `v0=${signature}`,
          connection: 'close',
          ...(envelope.retry && {
            'x-slack-retry-num': String(envelope.retry.attempt),
            'x-slack-retry-reason': envelope.retry.reason,
          }),
        },
        body,
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(ackLimitMs)]),
      });
      const text = await response.text();
      if (!response.ok) return { kind: 'failed', reason: 'http_error' };
      return { kind: 'acked', answer: parseAnswer(text) };
    } catch (error) {
      const timedOut = error instanceof Error && error.name === 'TimeoutError';
      return { kind: 'failed', reason: timedOut ? 'timeout' : 'no_listener' };
    }
  };

  return {
    deliver,
    connections: () => null,
    close: async () => closing.abort(),
  };
}

/** Slack reads a body that is no JSON as the text of a message. */
function parseAnswer(text: string): ReturnType<typeof asJson> {
  if (text === '') return {};
  const answer = parseJson(text);
  return typeof answer === 'object' && answer !== null ? asJson(answer) : { text };
}

function encodeRequest({ type, payload }: Envelope): { contentType: string; body: string } {
  const form = 'application/x-www-form-urlencoded';
  switch (type) {
    case 'slash_commands':
      return {
        contentType: form,
        body: new URLSearchParams(
          Object.entries(payload).map(([field, value]): [string, string] => [field, String(value)]),
        ).toString(),
      };
    case 'interactive':
      return {
        contentType: form,
        body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
      };
    case 'events_api':
      return { contentType: 'application/json', body: JSON.stringify(payload) };
  }
}
