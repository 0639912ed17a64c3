import { timingSafeEqual } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';

/** Whether the bot can do its work. */
export interface Readiness {
  /** Part by part; `null` where all is well, else what is the matter. */
  readonly parts: Readonly<Record<string, string | null>>;
  /** Good to know, and no reason not to be ready. */
  readonly information?: Readonly<Record<string, unknown>>;
}

export interface WebServerOptions {
  readonly port: number;
  /** `127.0.0.1`, or every address. */
  readonly host?: string | undefined;
  readonly checkReadiness: () => Promise<Readiness>;
  /** Numbers for whoever watches; with a token, only for those who bring it. */
  readonly metrics?: {
    readonly token?: string | undefined;
    readonly read: () => Promise<{ readonly contentType: string; readonly text: string }>;
  };
  /** What Slack sends in HTTP mode. */
  readonly slack?: RequestListener;
}

/** The port cannot be had. The message says what to do. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

export interface WebServer {
  readonly port: number;
  /** Takes no more requests, and resolves when those that are open are answered. */
  close(): Promise<void>;
}

/**
 * The bot's own small web server: `/healthz` says that the process runs, `/readyz` whether it can do its work,
 * `/metrics` tells numbers, and in HTTP mode `/slack/events` takes what Slack sends.
 */
export async function startWebServer({
  port,
  host,
  checkReadiness,
  metrics,
  slack,
}: WebServerOptions): Promise<WebServer> {
  const server = createServer((request, response) => {
    serve(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else respond(response, 500, { error: 'internal error' });
    });
  });
  // Slow clients must not hold connections for ever.
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0];
    if (path === '/healthz' && request.method === 'GET') return respond(response, 200, { status: 'ok' });
    if (path === '/readyz' && request.method === 'GET') {
      const { parts, information } = await checkReadiness();
      const isReady = Object.values(parts).every((problem) => problem === null);
      const status = isReady ? 'ready' : 'not ready';
      return respond(response, isReady ? 200 : 503, { status, parts, ...(information && { information }) });
    }
    if (path === '/metrics' && request.method === 'GET' && metrics) {
      if (!hasToken(metrics.token, request)) return respond(response, 401, { error: 'bring METRICS_TOKEN' });
      const { contentType, text } = await metrics.read();
      response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
      return;
    }
    if (path === '/slack/events' && slack) return slack(request, response);
    respond(response, 404, { error: 'not found' });
  }

  await listen(server, port, host);
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

function hasToken(token: string | undefined, { headers }: IncomingMessage): boolean {
  if (token === undefined) return true;
  const [expected, given] = [Buffer.from(`Bearer ${token}`), Buffer.from(headers.authorization ?? '')];
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}

async function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const message =
        error.code === 'EADDRINUSE'
          ? `Port ${port} is taken: set PORT to another one`
          : `Cannot listen on port ${port} (${error.code}): set PORT to another one`;
      reject(new PortError(message));
    });
    server.listen({ port, ...(host && { host }) }, resolve);
  });
}
