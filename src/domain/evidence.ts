import type { Account } from './account.ts';

/** Why a call told us nothing. */
export interface CallError {
  /** As AWS writes it in policies: `sts:AssumeRoot`. */
  readonly call: string;
  /** The service's error code, or ours: `Timeout`, `WrongAccount`, `Cancelled`. */
  readonly code: string;
  readonly message: string;
}

/**
 * What one source told us: its answer, the error it gave, or nothing because nobody asked.
 * A list counts as seen only when every page of it arrived.
 */
export type SourceResult<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: CallError }
  | { readonly kind: 'not-asked' };

/** The answer, or that nobody asked, or why there is none. */
export const okResult = <T>(value: T): SourceResult<T> => ({ kind: 'ok', value });
export const failedResult = (error: CallError): SourceResult<never> => ({ kind: 'failed', error });
export const notAskedResult: SourceResult<never> = { kind: 'not-asked' };

/** `iam:GetAccountSummary`. A key that AWS left out is absent here: "not told", never 0. */
export type AccountSummary = Readonly<Record<string, number>>;

/** One entry of `iam:ListVirtualMFADevices`; without a user it is assigned to nobody. */
export interface VirtualDevice {
  readonly serialNumber: string;
  readonly userArn?: string;
}

/** One entry of `iam:ListMFADevices` in a root session. */
export interface RootDevice {
  readonly serialNumber: string;
  /** From `iam:GetMFADevice`, where it could be read: `{ FIDO: 'L1' }`. */
  readonly certifications?: Readonly<Record<string, string>>;
}

/** The `<root_account>` row of the credential report: values as AWS writes them, keyed by column. */
export type CredentialReportRow = Readonly<Record<string, string>>;

/** What each AWS source told us about one root user, or why it told us nothing. */
export interface Evidence {
  readonly account: Pick<Account, 'id' | 'partition' | 'state' | 'managementAccount'>;
  readonly summary: SourceResult<AccountSummary>;
  /** Root's own devices, from a root session. */
  readonly rootDevices: SourceResult<readonly RootDevice[]>;
  /** Every virtual device of the account, from a role in it. */
  readonly virtualDevices: SourceResult<readonly VirtualDevice[]>;
  readonly credentialReport: SourceResult<CredentialReportRow>;
  /** Enabled features of centralised root access: `RootCredentialsManagement`, `RootSessions`. */
  readonly organizationFeatures: SourceResult<readonly string[]>;
  /** Whatever else was refused on the way: sessions, roles. */
  readonly refusals: readonly CallError[];
}

/** The value that was seen, else undefined. */
export function resultValue<T>(result: SourceResult<T>): T | undefined {
  return result.kind === 'ok' ? result.value : undefined;
}

/** Every reason why something is not known, in the order the calls are made. */
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
