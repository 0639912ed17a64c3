import { timingSafeEqual } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';

/** Says whether the bot can work. */
export interface Readiness {
  /** The parts of the bot; `null` where all is well, otherwise the problem. */
  readonly parts: Readonly<Record<string, string | null>>;
  /** Details that do not decide whether the bot is ready. */
  readonly information?: Readonly<Record<string, unknown>>;
}

export interface WebServerOptions {
  readonly port: number;
  /** `127.0.0.1`, or every address. */
  readonly host?: string | undefined;
  readonly checkReadiness: () => Promise<Readiness>;
  /** Metrics; with a token, only for requests that carry it. */
  readonly metrics?: {
    readonly token?: string | undefined;
    readonly read: () => Promise<{ readonly contentType: string; readonly text: string }>;
  };
  /** What Slack sends in HTTP mode. */
  readonly slack?: RequestListener;
  /** What the company's ticket system says about token requests. */
  readonly ticketHook?: RequestListener;
  readonly limits?: ConnectionLimits;
}

/** What clients may take of the server. */
export interface ConnectionLimits {
  /** When there are more, the one that has waited longest without a request is closed. */
  readonly maxConnections: number;
  /** For the head of a request, and for the whole of it. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** Slack needs a few connections; the rest is room for health checks and for what is refused. */
const LIMITS: ConnectionLimits = { maxConnections: 1_000, headersTimeoutMs: 5_000, requestTimeoutMs: 10_000 };

/** Thrown when the port cannot be used. The message says what to do. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

export interface WebServer {
  readonly port: number;
  /** Accepts no more requests, and resolves when the open ones are answered. */
  close(): Promise<void>;
}

/**
 * Starts the web server: `/healthz` says that the process runs, `/readyz` whether it can work, `/metrics` has the
 * metrics, in HTTP mode `/slack/events` accepts what Slack sends, and `/hooks/token-requests` what a ticket system says.
 */
export async function startWebServer({
  port,
  host,
  checkReadiness,
  metrics,
  slack,
  ticketHook,
  limits = LIMITS,
}: WebServerOptions): Promise<WebServer> {
  const server = createLimitedServer(limits, (request, response) => {
    serve(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else respond(response, 500, { error: 'internal error' });
    });
  });

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
      if (!hasToken(metrics.token, request))
        return respond(response, 401, { error: 'METRICS_TOKEN is required as a bearer token' });
      const { contentType, text } = await metrics.read();
      response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(text);
      return;
    }
    if (path === '/slack/events' && slack) return slack(request, response);
    if (path === '/hooks/token-requests' && ticketHook) return ticketHook(request, response);
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

/** Creates a server whose connections no client can hold for good, nor use up. */
function createLimitedServer(
  { maxConnections, headersTimeoutMs, requestTimeoutMs }: ConnectionLimits,
  listener: RequestListener,
): Server {
  /** The connections that no request came over yet, or none since the last one; the oldest first. */
  const waiting = new Set<Socket>();
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: headersTimeoutMs / 5,
    },
    (request, response) => {
      const { socket } = request;
      waiting.delete(socket);
      response.on('close', () => {
        if (!socket.destroyed) waiting.add(socket);
      });
      listener(request, response);
    },
  );
  // Twice as many: those that are being closed count, too.
  server.maxConnections = maxConnections * 2;
  server.on('connection', (socket) => {
    const [oldest] = waiting;
    server.getConnections((_, count) => {
      if (count > maxConnections) oldest?.destroy();
    });
    waiting.add(socket);
    socket.on('close', () => waiting.delete(socket));
  });
  return server;
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
          ? `Port ${port} is in use: set PORT to another one`
          : `Cannot listen on port ${port} (${error.code}): set PORT to another one`;
      reject(new PortError(message));
    });
    server.listen({ port, ...(host && { host }) }, resolve);
  });
}
