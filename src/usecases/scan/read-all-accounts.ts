import pLimit from 'p-limit';
import type { Account } from '../../domain/account.ts';
import type { AccountObservation } from '../../domain/scan.ts';

/** How a sweep ended: `done`, or what stopped it before every account was read. */
export type ReadAllAccountsOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'listing-failed'; readonly error: unknown };

/**
 * Reads every account that is listed, at most `concurrency` at once, and hands over each reading as it comes.
 *
 * Listing runs beside reading, so neither waits for the other. Once the signal aborts nothing more is handed over;
 * calls under way are left to their time-outs.
 */
export async function readAllAccounts(
  accounts: AsyncIterable<readonly Account[]>,
  read: (account: Account) => Promise<AccountObservation>,
  options: {
    readonly concurrency: number;
    readonly signal?: AbortSignal | undefined;
    readonly onFound?: (accounts: readonly Account[]) => void;
    readonly onObservation: (observation: AccountObservation) => void;
  },
): Promise<ReadAllAccountsOutcome> {
  const { signal, onFound, onObservation } = options;
  const limit = pLimit(options.concurrency);
  const isStopped = () => signal?.aborted === true;

  const readPages = async (): Promise<ReadAllAccountsOutcome> => {
    const pending: Promise<void>[] = [];
    let outcome: ReadAllAccountsOutcome = { kind: 'done' };
    try {
      for await (const page of accounts) {
        if (isStopped()) break;
        onFound?.(page);
        for (const account of page) {
          pending.push(
            limit(async () => {
              if (isStopped()) return;
              const observation = await read(account);
              if (!isStopped()) onObservation(observation);
            }),
          );
        }
      }
    } catch (error) {
      outcome = { kind: 'listing-failed', error };
    }
    await Promise.all(pending);
    return outcome;
  };

  const settled = new AbortController();
  const interruption = new Promise<ReadAllAccountsOutcome>((resolve) => {
    const interrupt = () => resolve({ kind: 'interrupted' });
    if (signal?.aborted) interrupt();
    else signal?.addEventListener('abort', interrupt, { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([interruption, readPages()]);
  } finally {
    settled.abort();
  }
}
