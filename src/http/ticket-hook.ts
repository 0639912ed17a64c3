import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import type { TicketSystem } from '../config/webhook-endpoints.ts';
import { type SystemActor, systemActor } from '../domain/person.ts';
import { parseTicketCall } from '../domain/webhooks/ticket-call.ts';
import type { Log } from '../usecases/shared/context.ts';
import type { TicketCallInput, TicketCallOutcome } from '../usecases/tokens/apply-ticket-call.ts';
import { createBodyReader } from './body-reader.ts';
import { createRejectionLog, type Rejection, timestampProblem } from './signed-request.ts';

export interface TicketHookOptions {
  readonly ticketSystem: TicketSystem;
  /** Applies a call; undefined while the bot is not ready. */
  readonly apply: () => ((input: TicketCallInput) => Promise<TicketCallOutcome>) | undefined;
  readonly log: Log;
  readonly now?: () => number;
}

/** A call has a few hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024;
const MAX_ID_LENGTH = 256;
/** One of several, so that a sender can change its secret. */
const SIGNATURE = /(?:^| )v1,[A-Za-z0-9+/]{43}=(?: |$)/;
/** So that a sender tries again soon after a start. */
const RETRY_AFTER_SECONDS = 10;

/**
 * Creates the listener for calls of the company's ticket system, signed by the Standard Webhooks specification.
 *
 * What needs no body is checked before the body is read, and nothing is looked up before the signature is checked.
 */
export function createTicketHook({
  ticketSystem: { name, secret },
  apply,
  log,
  now = Date.now,
}: TicketHookOptions): RequestListener {
  const readBody = createBodyReader({ maxBytes: MAX_BODY_BYTES });
  const logRejection = createRejectionLog(log, now);
  const verifier = new Webhook(secret);
  const by: SystemActor = systemActor(name);

  return (request, response) => {
    handle(request, response).catch((error: unknown) => {
      log.error({ err: error }, 'Ticket system call failed');
      if (!response.headersSent) respondUnavailable(response);
    });
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const rejection = checkHeaders(request, now());
    if (rejection) return reject(response, rejection);
    const read = await readBody(request);
    // The sender is gone: there is no one to answer.
    if (read.kind === 'aborted') return;
    if (read.kind === 'too-large') return reject(response, TOO_LARGE);
    const body = read.body.toString();
    if (!isSigned(request, body)) return reject(response, { status: 401, reason: 'wrong signature' });

    const applyCall = apply();
    if (!applyCall) return respondUnavailable(response);
    const parsed = parseTicketCall(body);
    if (parsed.kind === 'invalid') return respond(response, 400, { error: parsed.problem });
    const callId = headerOf(request, 'webhook-id');
    const outcome = await applyCall({ callId, call: parsed.call, by });
    log.info(
      { system: name, type: parsed.call.type, request: parsed.call.data.requestId, outcome: outcome.kind },
      'Ticket system call',
    );
    const { status, body: answer } = answerOf(outcome);
    respond(response, status, answer);
  }

  function isSigned({ headers }: IncomingMessage, body: string): boolean {
    try {
      verifier.verify(body, headers as Record<string, string>, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  }

  function reject(response: ServerResponse, { status, reason }: Rejection): void {
    logRejection(reason);
    response.setHeader('connection', 'close');
    respond(response, status, { error: `Refused: ${reason}.` });
  }
}

const TOO_LARGE: Rejection = { status: 413, reason: 'body too large' };

/** Checks what needs no body; returns why the request is refused. */
function checkHeaders(request: IncomingMessage, nowMs: number): Rejection | undefined {
  if (request.method !== 'POST') return { status: 405, reason: 'not a POST' };
  if (!SIGNATURE.test(headerOf(request, 'webhook-signature'))) return { status: 401, reason: 'no signature' };
  const id = headerOf(request, 'webhook-id');
  if (id === '' || id.length > MAX_ID_LENGTH) return { status: 401, reason: 'no webhook-id' };
  const timestamp = headerOf(request, 'webhook-timestamp');
  const sentAtMs = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * 1_000 : Number.NaN;
  const timeProblem = timestampProblem(sentAtMs, nowMs);
  if (timeProblem !== undefined) return { status: 401, reason: timeProblem };
  return Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES ? TOO_LARGE : undefined;
}

function headerOf({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/** Returns the answer to a call: `200` when there is nothing left to do, `409` when the request cannot go that way. */
function answerOf(outcome: TicketCallOutcome): { readonly status: number; readonly body: object } {
  switch (outcome.kind) {
    case 'changed':
      return { status: 200, body: { changed: true, state: outcome.state } };
    case 'unchanged':
      return { status: 200, body: { changed: false, state: outcome.state, reason: outcome.reason } };
    case 'conflict':
      return { status: 409, body: { changed: false, state: outcome.state, reason: outcome.reason } };
    case 'invalid':
      return { status: 400, body: { error: outcome.reason } };
    case 'no-such-request':
      return { status: 404, body: { error: 'There is no token request with this requestId.' } };
  }
}

function respondUnavailable(response: ServerResponse): void {
  response.setHeader('retry-after', RETRY_AFTER_SECONDS);
  respond(response, 503, { error: 'Not ready. Try again.' });
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
