import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Core } from './core.ts';
import type { ApiFaults } from './faults.ts';
import { parseFormData, readBody } from './http-body.ts';
import { asJson, type Json, parseJson } from './json.ts';
import { respond } from './respond.ts';
import { SlackError } from './slack-error.ts';
import { writeJson } from './ui-routes.ts';

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What answers the requests to the local Slack. */
export interface RequestRoutes {
  readonly core: Core;
  readonly faults: ApiFaults;
  readonly api: (method: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;
  readonly ui: RequestHandler;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Returns a listener that routes requests to the Web API, response URLs, uploads and the page. */
export function createRequestListener(routes: RequestRoutes) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    serve(routes, request, response).catch((error: unknown) => {
      const sentence = error instanceof Error ? error.message : String(error);
      if (response.headersSent) response.destroy();
      else writeJson(response, 500, { ok: false, error: `internal_error: ${sentence}` });
    });
  };
}

async function serve(
  routes: RequestRoutes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A page elsewhere whose name was made to point here still says its own name.
  if (!/^(127\.0\.0\.1|localhost|\[::1\]):\d+$/.test(request.headers.host ?? ''))
    return writeJson(response, 403, { ok: false, error: 'Open this as 127.0.0.1 or localhost.' });
  const { pathname } = new URL(request.url ?? '/', routes.core.baseUrl());
  const [, first, rest = ''] = /^\/([^/]*)\/(.+)$/.exec(pathname) ?? [];
  switch (first) {
    case 'api':
      return routes.api(rest, request, response);
    case 'response':
      return handleResponseUrl(routes, rest, { request, response });
    case 'upload':
      return handleUpload(routes, rest, { request, response });
    default:
      return routes.ui(request, response);
  }
}

async function handleResponseUrl(
  { core, faults }: RequestRoutes,
  key: string,
  { request, response }: Exchange,
): Promise<void> {
  const answer = asJson(parseJson((await readBody(request)).toString()));
  const fault = faults.take('response_url');
  if (fault?.delayMs) await pause(fault.delayMs);
  const effect = (): { status: number; body: Json } => {
    const place = core.responseUrls.use(key);
    if (typeof place === 'string') return { status: 404, body: { ok: false, error: place } };
    try {
      respond(core, place, answer);
      return { status: 200, body: { ok: true } };
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return { status: 400, body: { ok: false, error: error.code, ...error.more } };
    }
  };
  const spoils = fault && (fault.dropConnection || fault.status || fault.error || fault.afterEffect);
  const { status, body } = spoils && !fault.afterEffect ? { status: 500, body: { ok: false } } : effect();
  if (spoils && (fault.dropConnection || (!fault.status && !fault.error))) response.socket?.destroy();
  else if (spoils)
    writeJson(response, fault.status ?? 400, { ok: false, error: fault.error ?? 'upstream_failure' });
  else writeJson(response, status, body);
}

async function handleUpload(
  { core, faults }: RequestRoutes,
  key: string,
  { request, response }: Exchange,
): Promise<void> {
  const body = await readBody(request);
  const file = [...core.workspace.files.values()].find(({ uploadKey }) => uploadKey === key);
  const fault = faults.take('upload');
  if (fault?.delayMs) await pause(fault.delayMs);
  if (fault?.dropConnection) return void response.socket?.destroy();
  if (fault?.status) return writeJson(response, fault.status, { ok: false });
  if (!file) return writeJson(response, 404, { ok: false, error: 'no_such_upload' });
  file.bytes = await uploadedBytes(request, body);
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.end(`OK - ${file.bytes.length}`);
}

/** The SDK sends the bytes as a part of a form; Slack takes them bare as well. */
async function uploadedBytes(request: IncomingMessage, body: Buffer): Promise<Uint8Array> {
  if (!request.headers['content-type']?.startsWith('multipart/form-data')) return body;
  for (const [, part] of await parseFormData(request, body))
    return typeof part === 'string' ? Buffer.from(part) : new Uint8Array(await part.arrayBuffer());
  return new Uint8Array();
}
