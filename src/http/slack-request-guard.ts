import { createHash } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { verifySlackRequest } from '@slack/bolt';
import type { Log } from '../usecases/shared/context.ts';
import { createBodyReader } from './body-reader.ts';
import { createRejectionLog, type Rejection, timestampProblem } from './signed-request.ts';

export interface SlackRequestGuardOptions {
  readonly signingSecret: string;
  /** Bolt, which acknowledges in its own way; undefined until it is ready. */
  readonly listener: () => RequestListener | undefined;
  /** Returns whether a request is seen for the first time by any instance. */
  readonly isFirstDelivery: (id: string) => Promise<boolean>;
  readonly log: Log;
  readonly now?: () => number;
}

/** A command or a form has some kilobytes; a view with everything in it some hundred. */
const MAX_BODY_BYTES = 1_000_000;
const SIGNATURE_PATTERN = /^v0=[0-9a-f]{64}$/;

/**
 * Creates the guard in front of Bolt in HTTP mode: it lets through only what Slack signed, a moment ago, once.
 *
 * What needs no body is checked before the body is read, and nothing is counted before the signature is checked: no
 * number of forged requests can make it refuse a genuine one. Bolt accepts a time in the future and the same request
 * twice.
 */
export function createSlackRequestGuard({
  signingSecret,
  listener,
  isFirstDelivery,
  log,
  now = Date.now,
}: SlackRequestGuardOptions): RequestListener {
  const readBody = createBodyReader({ maxBytes: MAX_BODY_BYTES });
  const logRejection = createRejectionLog(log, now);

  const reject = (response: ServerResponse, { status, reason }: Rejection): void => {
    logRejection(reason);
    response.writeHead(status, { connection: 'close' }).end();
  };

  return (request, response) => {
    guard(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'Request check failed');
      // Slack sends events again; a person reads that the command failed.
      if (!response.headersSent) response.writeHead(503).end();
    });
  };

  async function guard(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const rejection = checkHeaders(request, now());
    if (rejection) return reject(response, rejection);

    const read = await readBody(request);
    // The sender is gone: there is no one to answer.
    if (read.kind === 'aborted') return;
    if (read.kind === 'too-large') return reject(response, { status: 413, reason: 'body too large' });
    const { body } = read;
    const signature = signatureOf(request);
    if (!isSigned(body, signature, timestampOf(request)))
      return reject(response, { status: 401, reason: 'not signed by Slack' });

    const id = `http/${createHash('sha256').update(signature).digest('hex')}`;
    if (!(await isFirstDelivery(id))) return reject(response, { status: 401, reason: 'sent before' });
    if (!hasPayload(request, body)) return reject(response, { status: 400, reason: 'no payload' });

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

/** Checks what needs no body; returns why the request is refused. */
function checkHeaders(request: IncomingMessage, nowMs: number): Rejection | undefined {
  if (request.method !== 'POST') return { status: 405, reason: 'not a POST' };
  if (!SIGNATURE_PATTERN.test(signatureOf(request))) return { status: 401, reason: 'no signature' };
  const timeProblem = timestampProblem(timestampOf(request) * 1_000, nowMs);
  if (timeProblem !== undefined) return { status: 401, reason: timeProblem };
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES)
    return { status: 413, reason: 'body too large' };
  return undefined;
}

function signatureOf({ headers }: IncomingMessage): string {
  return String(headers['x-slack-signature'] ?? '');
}

function timestampOf({ headers }: IncomingMessage): number {
  return Number(headers['x-slack-request-timestamp'] ?? Number.NaN);
}

/** Returns whether the body has an object in it. Bolt ends the process on a signed `null`. */
function hasPayload({ headers }: IncomingMessage, body: Buffer): boolean {
  const text = body.toString();
  if (headers['content-type'] !== 'application/x-www-form-urlencoded') return isJsonObject(text);
  const payload = new URLSearchParams(text).get('payload');
  return payload === null || isJsonObject(payload);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
