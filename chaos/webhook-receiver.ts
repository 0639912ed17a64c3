import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a receiver does with a call: it may hang, refuse, or take it and lose its answer. */
export type ReceiverBehavior = 'answer' | 'hang' | 'refuse' | 'lose-answer';

/** A receiver of webhooks that goes wrong when it is told to. */
export interface WebhookReceiver {
  readonly url: string;
  /** IDs of the events it took. */
  readonly taken: ReadonlySet<string>;
  behavior: ReceiverBehavior;
  /** How many calls did not get their answer. */
  readonly strikes: () => number;
  close(): Promise<void>;
}

/** Starts a receiver on loopback. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const taken = new Set<string>();
  const hanging = new Set<ServerResponse>();
  let strikes = 0;
  const server = createServer((request, response) => {
    const { behavior } = receiver;
    if (behavior !== 'answer') strikes += 1;
    if (behavior === 'hang') {
      hanging.add(response);
      response.on('close', () => hanging.delete(response));
      return;
    }
    if (behavior === 'refuse') {
      response.writeHead(503).end();
      return;
    }
    request.resume().on('end', () => {
      taken.add(String(request.headers['webhook-id']));
      if (behavior === 'lose-answer') response.destroy();
      else response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}/hooks`,
    taken,
    behavior: 'answer',
    strikes: () => strikes,
    async close() {
      for (const response of hanging) response.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}
