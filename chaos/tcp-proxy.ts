import { connect, createServer, type Socket } from 'node:net';

/** Where a proxy connects to. */
export interface TcpTarget {
  readonly host: string;
  readonly port: number;
}

/** A connection to servers on loopback that can be stalled and cut. */
export interface TcpProxy {
  readonly port: number;
  /** Passes nothing on, in either direction, until it is resumed. */
  stall(): void;
  /** Ends every connection, and refuses new ones until it is resumed. */
  cut(): void;
  /** Passes requests on and drops every answer; ends every connection when it is resumed. */
  loseAnswers(): void;
  resume(): void;
  /** How many connections were stalled or cut so far, and answers lost. */
  strikes(): number;
  close(): Promise<void>;
}

/** Starts a proxy on a free port; `target` is asked at each connection, and undefined refuses it. */
export async function startTcpProxy(target: () => TcpTarget | undefined): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let strikes = 0;
  let mode: 'pass' | 'stall' | 'cut' | 'lose-answers' = 'pass';
  const server = createServer((client) => {
    const to = target();
    if (mode === 'cut' || !to) {
      strikes += 1;
      client.destroy();
      return;
    }
    const upstream = connect(to.port, to.host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (chunk) => {
        if (mode === 'lose-answers' && from === upstream) {
          strikes += 1;
          return;
        }
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (mode !== 'stall') from.resume();
      });
      if (mode === 'stall') from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  // Each connection has two sockets.
  const openConnections = () => Math.ceil(sockets.size / 2);
  const endConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port,
    stall() {
      mode = 'stall';
      strikes += openConnections();
      for (const socket of sockets) socket.pause();
    },
    cut() {
      mode = 'cut';
      strikes += openConnections();
      endConnections();
    },
    loseAnswers() {
      mode = 'lose-answers';
    },
    resume() {
      // A connection that lost bytes cannot go on.
      if (mode === 'lose-answers') endConnections();
      mode = 'pass';
      for (const socket of sockets) socket.resume();
    },
    strikes: () => strikes,
    close() {
      endConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
