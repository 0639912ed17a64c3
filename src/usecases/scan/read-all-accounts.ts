import pLimit from 'p-limit';
import type { Account } from '../../domain/account.ts';
import type { Reading } from '../../domain/scan.ts';

/** How a sweep ended: `done`, or what stopped it before every account was read. */
export type SweepEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'list-broke-off'; readonly error: unknown };

/**
 * Reads every account that is listed, at most `concurrency` at once, and hands over each reading as it comes.
 *
 * Listing runs beside reading, so neither waits for the other. Once the signal aborts nothing more is handed over;
 * calls under way are left to their time-outs.
 */
export async function sweep(
  accounts: AsyncIterable<readonly Account[]>,
  read: (account: Account) => Promise<Reading>,
  options: {
    readonly concurrency: number;
    readonly signal?: AbortSignal | undefined;
    readonly onFound?: (accounts: readonly Account[]) => void;
    readonly onReading: (reading: Reading) => void;
  },
): Promise<SweepEnd> {
  const { signal, onFound, onReading } = options;
  const limit = pLimit(options.concurrency);
  const stopped = () => signal?.aborted === true;

  const readAll = async (): Promise<SweepEnd> => {
    const pending: Promise<void>[] = [];
    let end: SweepEnd = { kind: 'done' };
    try {
      for await (const page of accounts) {
        if (stopped()) break;
        onFound?.(page);
        for (const account of page) {
          pending.push(
            limit(async () => {
              if (stopped()) return;
              const reading = await read(account);
              if (!stopped()) onReading(reading);
            }),
          );
        }
      }
    } catch (error) {
      end = { kind: 'list-broke-off', error };
    }
    await Promise.all(pending);
    return end;
  };

  const over = new AbortController();
  const interruption = new Promise<SweepEnd>((resolve) => {
    const interrupt = () => resolve({ kind: 'interrupted' });
    if (signal?.aborted) interrupt();
    else signal?.addEventListener('abort', interrupt, { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([interruption, readAll()]);
  } finally {
    over.abort();
  }
}
