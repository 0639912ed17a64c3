import { createServer } from 'node:http';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';

/** Thrown for a request that is answered with this status. */
export class HttpError extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const MAX_BODY_BYTES = 100_000;

/**
 * Starts a server on this machine that answers with JSON. `answer` gets the request and its body, and returns what is
 * sent back.
 *
 * @param {number} port
 * @param {(request: import('node:http').IncomingMessage, body: string) => Promise<unknown>} answer
 */
export async function serve(port, answer) {
  const server = createServer(async (request, response) => {
    try {
      respond(response, 200, await answer(request, await readBody(request)));
    } catch (error) {
      const status = error instanceof HttpError ? error.status : 500;
      respond(response, status, { error: error instanceof Error ? error.message : String(error) });
    }
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whether Node.js was started with this file. */
export function isMain(url) {
  return argv[1] !== undefined && pathToFileURL(argv[1]).href === url;
}

async function readBody(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new HttpError(413, 'The body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function respond(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}
