import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Core } from './core.ts';
import { readBody } from './http-body.ts';
import { asJson, asText, parseJson } from './json.ts';
import type { UiAction, UiActionResult } from './ui-contract.ts';
import { buildUiState } from './ui-state.ts';
import type { ApiCall } from './web-api.ts';

/** A side panel that the local Slack knows nothing about: it passes JSON on. */
export interface PanelProvider {
  read(): Promise<unknown>;
  act(action: unknown): Promise<unknown>;
}

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly body: string | Uint8Array;
}

export interface UiRoutesOptions {
  readonly core: Core;
  readonly act: (action: UiAction) => Promise<UiActionResult>;
  readonly traffic: () => readonly ApiCall[];
  readonly connections: () => number | null;
  readonly panel: PanelProvider | undefined;
  readonly page: ((path: string) => PageFile | undefined) | undefined;
}

const COALESCE_MS = 25;

/** Returns what the page asks for: the state, its changes, what people do, the panel, files, and the page itself. */
export function createUiRoutes({ core, act, traffic, connections, panel, page }: UiRoutesOptions) {
  const changes = createChangeStream(core);

  const sendState = (response: ServerResponse, { searchParams }: URL): void => {
    const { people } = core.workspace;
    const wanted = searchParams.get('user');
    const person = wanted ? people.get(wanted) : people.values().next().value;
    if (!person) {
      writeJson(response, 404, { ok: false, error: 'There is no such person.' });
      return;
    }
    const state = buildUiState(core, person, searchParams.get('channel'), traffic(), connections());
    writeJson(response, 200, state);
  };

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', core.baseUrl());
    const name = `${request.method} ${url.pathname}`;

    // Another site's page may send us a form, but neither this type nor this origin.
    if (request.method === 'POST' && !isSameOrigin(request, core.baseUrl()))
      return writeJson(response, 403, { ok: false, error: 'Only the page itself may do that.' });

    switch (name) {
      case 'GET /_ui/state':
        return sendState(response, url);
      case 'GET /_ui/events':
        return changes.subscribe(response);
      case 'POST /_ui/do':
        return writeJson(response, 200, await act(asJson(await jsonBody(request)) as unknown as UiAction));
      case 'GET /_ui/panel':
        return panel ? writeJson(response, 200, await panel.read()) : respondNoPanel(response);
      case 'POST /_ui/panel': {
        if (!panel) return respondNoPanel(response);
        const answer = await panel.act(await jsonBody(request));
        core.workspace.changed();
        return writeJson(response, 200, answer ?? { ok: true });
      }
      default:
        if (name.startsWith('GET /_ui/file/'))
          return sendUploadedFile(response, core, url.pathname.slice('/_ui/file/'.length));
        return sendPageFile(response, page, url.pathname);
    }
  };

  return { route, close: changes.close };
}

/** Returns the stream that tells open pages when something changed. */
function createChangeStream({ workspace }: Core) {
  const listeners = new Set<ServerResponse>();
  let scheduled: NodeJS.Timeout | null = null;

  const notifyAll = (): void => {
    scheduled = null;
    for (const response of listeners)
      response.write(`event: changed\ndata: ${JSON.stringify({ version: workspace.version })}\n\n`);
  };
  const unsubscribe = workspace.onChange(() => {
    if (listeners.size > 0) scheduled ??= setTimeout(notifyAll, COALESCE_MS);
  });

  return {
    subscribe(response: ServerResponse): void {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': here\n\n');
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
    },
    close(): void {
      unsubscribe();
      if (scheduled) clearTimeout(scheduled);
      for (const response of listeners) response.end();
    },
  };
}

function sendUploadedFile(response: ServerResponse, { workspace }: Core, id: string): void {
  const found = workspace.files.get(id);
  if (!found?.bytes) {
    writeJson(response, 404, { ok: false, error: 'There is no such file.' });
    return;
  }
  response.writeHead(200, {
    // Never rendered: whatever the app uploaded stays data.
    'content-type': 'application/octet-stream',
    'x-content-type-options': 'nosniff',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.name)}`,
  });
  response.end(found.bytes);
}

function sendPageFile(response: ServerResponse, page: UiRoutesOptions['page'], path: string): void {
  const permalink = /^\/archives\/([A-Z0-9]+)\//.exec(path);
  if (permalink) {
    response.writeHead(302, { location: `/?channel=${permalink[1]}` });
    response.end();
    return;
  }
  const found = page?.(path);
  if (!found) {
    writeJson(response, 404, { ok: false, error: 'There is nothing here.' });
    return;
  }
  response.writeHead(200, { 'content-type': found.type, 'cache-control': 'no-cache' });
  response.end(found.body);
}

function respondNoPanel(response: ServerResponse): void {
  writeJson(response, 404, { ok: false, error: 'There is no panel here.' });
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  return parseJson((await readBody(request)).toString());
}

function isSameOrigin(request: IncomingMessage, base: string): boolean {
  const origin = asText(request.headers.origin);
  const sameOrigin = origin === '' || origin === base || origin === base.replace('127.0.0.1', 'localhost');
  return sameOrigin && asText(request.headers['content-type']).startsWith('application/json');
}

/** Answers with JSON. */
export function writeJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}
