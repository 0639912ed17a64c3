import type { Account } from '../domain/account.ts';
import type { CentralRootAccess } from '../domain/central-root-access.ts';
import type { AccountObservation } from '../domain/scan.ts';
import type { CollectorConfig } from './collector.ts';
import type { Directory, DirectoryOptions } from './directory.ts';

/** What the main thread asks of the worker; each request has an answer with its id. */
export type CollectorRequest = { readonly id: number } & (
  | { readonly kind: 'open'; readonly config: CollectorConfig }
  /** The next page of the list that is read; the first request starts it. */
  | { readonly kind: 'next-accounts'; readonly list: number }
  | { readonly kind: 'central-root-access' }
  | { readonly kind: 'read'; readonly account: Account }
  | { readonly kind: 'open-directory'; readonly directory: number; readonly options: DirectoryOptions }
  | { readonly kind: 'learn'; readonly directory: number; readonly accounts: readonly Account[] }
  | { readonly kind: 'finish-directory'; readonly directory: number }
);

/** What each request is answered with. */
export interface CollectorResults {
  readonly open: { readonly warning: string | undefined; readonly organization: boolean };
  readonly 'next-accounts': readonly Account[] | null;
  readonly 'central-root-access': CentralRootAccess;
  readonly read: AccountObservation;
  readonly 'open-directory': null;
  readonly learn: null;
  readonly 'finish-directory': Directory;
}

export type CollectorAnswer = { readonly id: number } & (
  | { readonly result: unknown }
  /** A failure that the worker's collector threw: one sentence for people. */
  | { readonly failure: string }
);
