import { parentPort } from 'node:worker_threads';
import type { Account } from '../domain/account.ts';
import { type AwsCollector, openCollector } from './collector.ts';
import type { CollectorAnswer, CollectorRequest, CollectorResults } from './collector-protocol.ts';
import type { DirectoryReader } from './directory.ts';

/** Runs in a worker thread: opens one collector, and answers what the main thread asks of it. */
function serve(port: NonNullable<typeof parentPort>): void {
  let opened: Promise<AwsCollector> | undefined;
  const lists = new Map<number, AsyncIterator<readonly Account[]>>();
  const directories = new Map<number, DirectoryReader>();

  const collector = async () => {
    if (!opened) throw new Error('The collector is not open');
    return opened;
  };
  const directory = (id: number) => {
    const reader = directories.get(id);
    if (!reader) throw new Error('The directory is not open');
    return reader;
  };

  const answer = async (request: CollectorRequest): Promise<CollectorResults[CollectorRequest['kind']]> => {
    switch (request.kind) {
      case 'open': {
        opened = openCollector(request.config);
        const { warning, organization } = await opened;
        return { warning, organization };
      }
      case 'next-accounts': {
        const list = lists.get(request.list) ?? (await collector()).accounts()[Symbol.asyncIterator]();
        lists.set(request.list, list);
        const page = await list.next();
        return page.done ? null : page.value;
      }
      case 'central-root-access':
        return (await collector()).centralRootAccess();
      case 'read':
        return (await collector()).read(request.account);
      case 'open-directory':
        directories.set(request.directory, (await collector()).directory(request.options));
        return null;
      case 'learn':
        directory(request.directory).learn(request.accounts);
        return null;
      case 'finish-directory':
        return directory(request.directory).finish();
    }
  };

  port.on('message', (request: CollectorRequest) => {
    answer(request).then(
      (result) => port.postMessage({ id: request.id, result } satisfies CollectorAnswer),
      (error: unknown) => {
        const failure = error instanceof Error ? error.message : String(error);
        port.postMessage({ id: request.id, failure } satisfies CollectorAnswer);
      },
    );
  });
}

if (parentPort) serve(parentPort);
