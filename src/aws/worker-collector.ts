import { Worker } from 'node:worker_threads';
import type { Account } from '../domain/account.ts';
import type { AccountObservation } from '../domain/scan.ts';
import type { AwsCollector, CollectorConfig } from './collector.ts';
import type { CollectorAnswer, CollectorRequest, CollectorResults } from './collector-protocol.ts';
import type { DirectoryOptions } from './directory.ts';
import { AwsFailure } from './failure.ts';

/** A collector in a worker thread; the directory reports no progress. */
export type WorkerCollector = Pick<
  AwsCollector,
  'warning' | 'organization' | 'centralRootAccess' | 'accounts' | 'read' | 'directory' | 'close'
>;

type RequestOf<Kind extends CollectorRequest['kind']> = Omit<
  Extract<CollectorRequest, { kind: Kind }>,
  'id' | 'kind'
>;

/**
 * Opens a collector in a worker thread of its own, so that people are answered while thousands of accounts are read,
 * and all memory of a scan is given back when it closes. Throws an AwsFailure like a collector on this thread.
 */
export async function openWorkerCollector(
  config: CollectorConfig,
  { now = () => new Date() }: { readonly now?: () => Date } = {},
): Promise<WorkerCollector> {
  const worker = new CollectorThread();
  try {
    const { warning, organization } = await worker.ask('open', { config });
    let lists = 0;
    let directories = 0;
    return {
      warning,
      organization,
      centralRootAccess: () => worker.ask('central-root-access', {}),
      async *accounts() {
        lists += 1;
        const list = lists;
        for (;;) {
          const page = await worker.ask('next-accounts', { list });
          if (page === null) return;
          yield page;
        }
      },
      read: async (account) => toObservation(account, await worker.ask('read', { account }), now()),
      directory(options) {
        directories += 1;
        return openDirectory(worker, directories, options);
      },
      close: () => worker.close(),
    };
  } catch (error) {
    worker.close();
    throw error;
  }
}

/** Throws where the answer is about another account: it must never be stored under this one's id. */
function toObservation(
  account: Account,
  observation: AccountObservation,
  checkedAt: Date,
): AccountObservation {
  if (observation.account.id !== account.id) {
    throw new Error(`Asked about ${account.id}, the worker answered about ${observation.account.id}`);
  }
  return { ...observation, account, checkedAt };
}

function openDirectory(worker: CollectorThread, directory: number, options: DirectoryOptions) {
  // What fails is thrown by finish, which asks for the same directory.
  const opened = worker.ask('open-directory', { directory, options });
  opened.catch(() => undefined);
  return {
    learn(accounts: readonly Account[]) {
      worker.ask('learn', { directory, accounts }).catch(() => undefined);
    },
    async finish() {
      await opened;
      return worker.ask('finish-directory', { directory });
    },
  };
}

/** The thread, and what is asked of it and not answered yet. */
class CollectorThread {
  private readonly worker: Worker;
  private readonly pending = new Map<
    number,
    { readonly resolve: (result: never) => void; readonly reject: (error: Error) => void }
  >();
  private requests = 0;
  private ended: Error | undefined;

  constructor() {
    this.worker = startWorker();
    this.worker.on('message', (answer: CollectorAnswer) => this.settle(answer));
    this.worker.once('error', (error) =>
      this.end(new AwsFailure(`The thread that reads AWS failed: ${error}`)),
    );
    this.worker.once('exit', () => this.end(new AwsFailure('The thread that reads AWS ended')));
  }

  ask<Kind extends CollectorRequest['kind']>(
    kind: Kind,
    request: RequestOf<Kind>,
  ): Promise<CollectorResults[Kind]> {
    return new Promise((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      this.requests += 1;
      this.pending.set(this.requests, { resolve, reject });
      this.worker.postMessage({ ...request, id: this.requests, kind });
    });
  }

  close(): void {
    this.end(new AwsFailure('The collector was closed'));
    // Work in progress ends with the thread.
    void this.worker.terminate();
  }

  private settle(answer: CollectorAnswer): void {
    const request = this.pending.get(answer.id);
    if (!request) return;
    this.pending.delete(answer.id);
    if ('failure' in answer) request.reject(new AwsFailure(answer.failure));
    else request.resolve(answer.result as never);
  }

  private end(reason: Error): void {
    this.ended ??= reason;
    for (const { reject } of this.pending.values()) reject(this.ended);
    this.pending.clear();
  }
}

/** Starts the compiled worker, or its source where this file is source, too. */
function startWorker(): Worker {
  const env = { ...process.env };
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./collector-worker.js', import.meta.url), { env });

  const source = new URL('./collector-worker.ts', import.meta.url).href;
  // Node 20 runs the loader of the main thread in no worker: it registers its own.
  const script = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(source)}); });`;
  return new Worker(script, { eval: true, execArgv: [], env });
}
