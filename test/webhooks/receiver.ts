import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** A call as a receiver saw it. */
export interface ReceivedCall {
  readonly id: string;
  readonly event: { readonly type: string; readonly data: Record<string, unknown> };
}

/** A receiver on this machine that verifies signatures. `answer` decides what it does with a call. */
export async function startReceiver(
  answer: (response: ServerResponse, request: IncomingMessage) => void = (response) => response.end(),
) {
  const calls: ReceivedCall[] = [];
  const receiver = { answer };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const event = new Webhook(SECRET).verify(body, request.headers as Record<string, string>);
    calls.push({ id: String(request.headers['webhook-id']), event: event as ReceivedCall['event'] });
    receiver.answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    calls,
    answerWith(next: typeof answer) {
      receiver.answer = next;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with a status and nothing else. */
export const status =
  (code: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end();
