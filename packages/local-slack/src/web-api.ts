import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Core } from './core.ts';
import type { ApiFault, ApiFaults } from './faults.ts';
import { parseArguments, readBody } from './http-body.ts';
import { asText, type Json } from './json.ts';
import { appMethods } from './methods/app.ts';
import { chatMethods } from './methods/chat.ts';
import { conversationMethods } from './methods/conversations.ts';
import { fileMethods } from './methods/files.ts';
import { userMethods } from './methods/users.ts';
import { viewMethods } from './methods/views.ts';
import { RATES, type RateLimiter } from './rate-limiter.ts';
import { SlackError } from './slack-error.ts';
import type { Method, Methods } from './web-api-method.ts';

const METHODS: Methods = {
  ...appMethods,
  ...chatMethods,
  ...conversationMethods,
  ...userMethods,
  ...viewMethods,
  ...fileMethods,
};

/** The two tokens an app has. */
export interface Tokens {
  readonly bot: string;
  readonly app: string;
}

/** One call of the Web API, as it went. */
export interface ApiCall {
  readonly seq: number;
  readonly at: Date;
  readonly method: string;
  readonly args: Json;
  readonly status: number;
  readonly ok: boolean;
  /** Slack's error; `answer lost` where a fault swallowed the answer. */
  readonly error: string | null;
  readonly ms: number;
}

export interface WebApiOptions {
  readonly core: Core;
  readonly tokens: Tokens;
  readonly faults: ApiFaults;
  /** null: call as often as you like. */
  readonly rates: RateLimiter | null;
  readonly record: (call: Omit<ApiCall, 'seq'>) => void;
}

type Answer =
  | { readonly kind: 'json'; readonly body: Json }
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number }
  | { readonly kind: 'cut' };

/** Answers the calls of `/api/…`: faults, rates, token, scope, and then the method itself. */
export function createWebApi({ core, tokens, faults, rates, record }: WebApiOptions) {
  return async (method: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = core.workspace.now();
    const started = performance.now();
    const args = await parseArguments(request, await readBody(request));
    const token = asText(request.headers.authorization).replace(/^Bearer\b\s*/i, '') || asText(args['token']);

    const fault = faults.take(method);
    if (fault?.delayMs) await pause(fault.delayMs);
    const instead = fault && answerOf(fault);
    const answer =
      instead && !fault.afterEffect ? instead : answerTo(method, args, token, { core, tokens, rates });

    send(response, instead ?? answer, core);
    record({
      at,
      method,
      args: without(args, 'token'),
      ms: Math.round(performance.now() - started),
      ...resultOf(instead ?? answer, fault),
    });
  };
}

function resultOf(answer: Answer, fault: ApiFault | undefined): Pick<ApiCall, 'status' | 'ok' | 'error'> {
  const lost = fault?.afterEffect ? 'answer lost' : null;
  switch (answer.kind) {
    case 'json': {
      const ok = answer.body['ok'] === true;
      return { status: 200, ok, error: lost ?? (ok ? null : asText(answer.body['error'])) };
    }
    case 'status':
      return {
        status: answer.status,
        ok: false,
        error: lost ?? (answer.status === 429 ? 'ratelimited' : `HTTP ${answer.status}`),
      };
    case 'cut':
      return { status: 0, ok: false, error: lost ?? 'connection cut' };
  }
}

/** What a fault answers in Slack's place; undefined if it only delays. */
function answerOf(fault: ApiFault): Answer | undefined {
  const { dropConnection, status, retryAfter, error } = fault;
  if (dropConnection) return { kind: 'cut' };
  if (retryAfter !== undefined) return { kind: 'status', status: status ?? 429, retryAfter };
  if (status !== undefined) return { kind: 'status', status };
  if (error !== undefined) return { kind: 'json', body: { ok: false, error } };
  return fault.afterEffect ? { kind: 'cut' } : undefined;
}

function answerTo(
  name: string,
  args: Json,
  token: string,
  { core, tokens, rates }: Pick<WebApiOptions, 'core' | 'tokens' | 'rates'>,
): Answer {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  if (!method) return apiError(new SlackError('unknown_method', { req_method: name }));
  try {
    const key = method.tier === 'posting' ? `${name} ${asText(args['channel'])}` : name;
    const retryAfter = rates?.retryAfterSeconds(key, RATES[method.tier]) ?? null;
    if (retryAfter !== null) return { kind: 'status', status: 429, retryAfter };

    checkToken(method, token, tokens);
    checkScope(
      method,
      args,
      token === tokens.app ? ['connections:write'] : core.workspace.manifest.botScopes,
      core,
    );
    return { kind: 'json', body: { ok: true, ...method.handler(args, core) } };
  } catch (error) {
    if (error instanceof SlackError) return apiError(error);
    throw error;
  }
}

function apiError({ code, more }: SlackError): Answer {
  return { kind: 'json', body: { ok: false, error: code, ...more } };
}

function checkToken({ token: wanted = 'bot' }: Method, token: string, tokens: Tokens): void {
  if (!token) throw new SlackError('not_authed');
  if (token !== tokens.bot && token !== tokens.app) throw new SlackError('invalid_auth');
  if (wanted !== 'any' && token !== tokens[wanted]) throw new SlackError('not_allowed_token_type');
}

function checkScope({ scope }: Method, args: Json, granted: readonly string[], core: Core): void {
  const needed = typeof scope === 'function' ? scope(args, core) : scope;
  if (needed.length === 0 || needed.some((one) => granted.includes(one))) return;
  throw new SlackError('missing_scope', { needed: needed.join(','), provided: granted.join(',') });
}

function without(args: Json, field: string): Json {
  return Object.fromEntries(Object.entries(args).filter(([name]) => name !== field));
}

function send(response: ServerResponse, answer: Answer, core: Core): void {
  switch (answer.kind) {
    case 'cut':
      response.socket?.destroy();
      return;
    case 'status':
      response.writeHead(answer.status, {
        'content-type': 'text/plain',
        ...(answer.retryAfter !== undefined && { 'retry-after': String(answer.retryAfter) }),
      });
      response.end(answer.status === 429 ? 'ratelimited' : 'upstream_failure');
      return;
    case 'json':
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'x-oauth-scopes': core.workspace.manifest.botScopes.join(','),
      });
      response.end(JSON.stringify(answer.body));
  }
}
