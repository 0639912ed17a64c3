import { once } from 'node:events';
import { request as ask, createServer } from 'node:http';

/** Stands before several instances, as hosts have it. */
export interface Balancer {
  readonly port: number;
  /** The ports of those that are asked whether they are ready. */
  readonly instances: Set<number>;
  close(): void;
}

const LOOKS_EVERY_MS = 200;

/**
 * Hands each request on to one of the instances that were ready when it last looked, in turn. It never tries a second
 * one: what an instance refuses is refused.
 */
export async function aBalancer(): Promise<Balancer> {
  const instances = new Set<number>();
  let ready: number[] = [];

  const look = async () => {
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
  const looking = setInterval(() => void look(), LOOKS_EVERY_MS);

  const server = createServer((incoming, answer) => {
    const refuse = () => void answer.writeHead(502).end();
    const [instance] = ready;
    if (instance === undefined) return refuse();
    ready = [...ready.slice(1), instance];
    const { method, headers, url: path } = incoming;
    const options = { host: '127.0.0.1', port: instance, method, headers, path };
    const handedOn = ask(options, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    handedOn.on('error', refuse);
    incoming.pipe(handedOn);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    instances,
    close: () => {
      clearInterval(looking);
      server.close();
    },
  };
}
