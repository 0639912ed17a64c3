import type { Account } from './account.ts';
import type { RootLastUse } from './root-last-use.ts';

/** Why a call returned nothing. */
export interface CallError {
  /** As AWS writes it in policies: `sts:AssumeRoot`. */
  readonly call: string;
  /** The service's error code, or ours: `Timeout`, `WrongAccount`, `Cancelled`. */
  readonly code: string;
  readonly message: string;
}

/**
 * Result of one source: its answer, its error, or nothing because it was not asked.
 * A list is an answer only when every page of it arrived.
 */
export type SourceResult<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: CallError }
  | { readonly kind: 'not-asked' };

export const okResult = <T>(value: T): SourceResult<T> => ({ kind: 'ok', value });
export const failedResult = (error: CallError): SourceResult<never> => ({ kind: 'failed', error });
export const notAskedResult: SourceResult<never> = { kind: 'not-asked' };

/** `iam:GetAccountSummary`. A key that AWS left out is absent here: not reported, never 0. */
export type AccountSummary = Readonly<Record<string, number>>;

/** One entry of `iam:ListVirtualMFADevices`. */
export interface VirtualDevice {
  readonly serialNumber: string;
  /** Absent for a device that is assigned to no one, or to a user that AWS left out. */
  readonly userArn?: string;
  /** AWS says that it is assigned, but not to which user. */
  readonly assigned?: true;
}

/** One entry of `iam:ListMFADevices` in a root session. */
export interface RootDevice {
  readonly serialNumber: string;
  /** From `iam:GetMFADevice`, where it could be read: `{ FIDO: 'L1' }`. */
  readonly certifications?: Readonly<Record<string, string>>;
}

/** The `<root_account>` row of the credential report: values as AWS writes them, keyed by column. */
export type CredentialReportRow = Readonly<Record<string, string>>;

/** What each AWS source reported about one root user, or why it reported nothing. */
export interface Evidence {
  readonly account: Pick<Account, 'id' | 'partition' | 'state' | 'managementAccount'>;
  readonly summary: SourceResult<AccountSummary>;
  /** Root's own devices, from a root session. */
  readonly rootDevices: SourceResult<readonly RootDevice[]>;
  /** Every virtual device of the account, from a role in it. */
  readonly virtualDevices: SourceResult<readonly VirtualDevice[]>;
  readonly credentialReport: SourceResult<CredentialReportRow>;
  /** When root was last used; only where a credential report could be read. It bears on no verdict. */
  readonly rootLastUse?: RootLastUse;
  /** Enabled features of centralized root access: `RootCredentialsManagement`, `RootSessions`. */
  readonly organizationFeatures: SourceResult<readonly string[]>;
  /** What else was refused: sessions, roles. */
  readonly refusals: readonly CallError[];
}

/** Returns the answer, or undefined where there is none. */
export function resultValue<T>(result: SourceResult<T>): T | undefined {
  return result.kind === 'ok' ? result.value : undefined;
}

/** Returns every reason why something is unknown, in the order of the calls. */
export function errorsIn(evidence: Evidence): CallError[] {
  const results = [
    evidence.summary,
    evidence.rootDevices,
    evidence.virtualDevices,
    evidence.credentialReport,
  ];
  const errors = [...evidence.refusals, ...results.flatMap((s) => (s.kind === 'failed' ? [s.error] : []))];
  const unique = new Map(errors.map((error) => [`${error.call} ${error.code} ${error.message}`, error]));
  return [...unique.values()];
}
