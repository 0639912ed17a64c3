import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { verifySlackRequest } from '@slack/bolt';
import type { Log } from '../usecases/shared/context.ts';

export interface SlackRequestGuardOptions {
  readonly signingSecret: string;
  /** Bolt, which acknowledges in its own way; undefined until it is there. */
  readonly listener: () => RequestListener | undefined;
  /** Whether a request is seen for the first time, by whichever instance. */
  readonly isFirstDelivery: (id: string) => Promise<boolean>;
  readonly log: Log;
  readonly now?: () => number;
}

/** A command or a form holds some kilobytes; a view with everything in it some hundred. */
const MAX_BODY_BYTES = 1_000_000;
/** Slack's clock and ours may differ a little. */
const MAX_CLOCK_SKEW_MS = 60_000;
/** So many requests a minute that do not come from Slack are looked at; more are turned away unread. */
const MAX_REJECTED_PER_MINUTE = 100;

/**
 * Stands before Bolt in HTTP mode and lets through only what Slack signed, a moment ago, once.
 *
 * Bolt checks the signature and refuses what is older than five minutes; it takes a time in the future and the same
 * request twice. https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export function createSlackRequestGuard({
  signingSecret,
  listener,
  isFirstDelivery,
  log,
  now = Date.now,
}: SlackRequestGuardOptions): RequestListener {
  let rejected = 0;
  let minute = 0;

  const reject = (response: ServerResponse, status: number, reason: string): void => {
    rejected += 1;
    if (rejected === 1 || rejected === MAX_REJECTED_PER_MINUTE)
      log.warn({ because: reason }, 'Refused a request');
    response.writeHead(status, { connection: 'close' }).end();
  };

  return (request, response) => {
    guard(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'A request could not be looked at');
      // Slack asks again for events; a person is told that the command failed.
      if (!response.headersSent) response.writeHead(503).end();
    });
  };

  async function guard(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const thisMinute = Math.floor(now() / 60_000);
    if (thisMinute !== minute) [minute, rejected] = [thisMinute, 0];
    if (rejected >= MAX_REJECTED_PER_MINUTE) {
      response.writeHead(429, { connection: 'close', 'retry-after': '60' }).end();
      return;
    }
    if (request.method !== 'POST') return reject(response, 405, 'not a POST');

    const body = await readBody(request);
    if (body === undefined) return reject(response, 413, 'the body is too large');
    const signature = String(request.headers['x-slack-signature'] ?? '');
    const sentAt = Number(request.headers['x-slack-request-timestamp']);
    if (!isSigned(body, signature, sentAt))
      return reject(response, 401, 'the signature is not from Slack, or old');
    if (sentAt * 1_000 > now() + MAX_CLOCK_SKEW_MS) return reject(response, 401, 'its time is in the future');

    const id = `http/${createHash('sha256').update(signature).digest('hex')}`;
    if (!(await isFirstDelivery(id))) return reject(response, 401, 'it was sent before');

    const bolt = listener();
    if (!bolt) {
      response.writeHead(503).end();
      return;
    }
    // Bolt takes a body that was read already from here.
    await bolt(Object.assign(request, { rawBody: body }), response);
  }

  function isSigned(body: Buffer, signature: string, sentAt: number): boolean {
    try {
      verifySlackRequest({
        signingSecret,
        body: body.toString(),
        headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': sentAt },
        nowMilliseconds: now(),
      });
      return true;
    } catch {
      return false;
    }
  }
}

/** The body, or undefined when it is larger than anything that Slack sends. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
