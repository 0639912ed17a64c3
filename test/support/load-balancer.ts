import { once } from 'node:events';
import { createServer, request as sendRequest } from 'node:http';

/** Stands before several instances, as hosts have it. */
export interface LoadBalancer {
  readonly port: number;
  /** The ports of those that are asked whether they are ready. */
  readonly instances: Set<number>;
  close(): void;
}

const POLL_INTERVAL_MS = 200;

/**
 * Hands each request on to one of the instances that were ready when it last looked, in turn. It never tries a second
 * one: what an instance refuses is refused.
 */
export async function startLoadBalancer(): Promise<LoadBalancer> {
  const instances = new Set<number>();
  let ready: number[] = [];

  const pollReadiness = async () => {
    const answers = await Promise.all(
      [...instances].map(async (instance) => {
        const answer = await fetch(`http://127.0.0.1:${instance}/readyz`, {
          headers: { connection: 'close' },
        }).catch(() => undefined);
        await answer?.text();
        return answer?.ok ? [instance] : [];
      }),
    );
    ready = answers.flat();
  };
  const pollTimer = setInterval(() => void pollReadiness(), POLL_INTERVAL_MS);

  const server = createServer((incoming, outgoing) => {
    const respondBadGateway = () => void outgoing.writeHead(502).end();
    const [instance] = ready;
    if (instance === undefined) return respondBadGateway();
    ready = [...ready.slice(1), instance];
    const { method, headers, url: path } = incoming;
    const options = { host: '127.0.0.1', port: instance, method, headers, path };
    const forwarded = sendRequest(options, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on('error', respondBadGateway);
    incoming.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    instances,
    close: () => {
      clearInterval(pollTimer);
      server.close();
    },
  };
}
