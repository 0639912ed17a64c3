import type { Guardrails } from './guardrails/guardrails.ts';

/** Twelve digits that name one AWS account. */
export type AccountId = string & { readonly brand: 'AccountId' };

/** What Organizations says of an account's life; AWS may add words, so the type stays open. */
export type AccountState =
  | 'PENDING_ACTIVATION'
  | 'ACTIVE'
  | 'SUSPENDED'
  | 'PENDING_CLOSURE'
  | 'CLOSED'
  | (string & {});

/** One AWS account, as far as it matters here. */
export interface Account {
  readonly id: AccountId;
  /** Chosen by the people who manage the account: untrusted text. */
  readonly name: string;
  /** `aws`, `aws-us-gov`, `aws-cn`, `aws-eusc`, … */
  readonly partition: string;
  /** `null` where there is no organization to ask. */
  readonly state: AccountState | null;
  readonly managementAccount: boolean;
  /** Where its root user signs in and gets mail; missing where there is no organization to ask. For the owner and admins only. */
  readonly rootEmail?: string | undefined;
}

/** What the directory knows of an account: read slowly, remembered, never waited for by a verdict. */
export interface DirectoryEntry {
  /** Names from the root of the organization down, `/Production/Payments`; `/` for the root itself. `null`: not read. */
  readonly orgUnit: string | null;
  /** `null`: not read. */
  readonly tags: Readonly<Record<string, string>> | null;
  /** E-mail of the SECURITY alternate contact. `null`: none set, or not read. */
  readonly securityContact: string | null;
  /** What service control policies mean for its root user. `null`: not read. */
  readonly guardrails: Guardrails | null;
}

/** An entry of which nothing was read. */
export const EMPTY_DIRECTORY_ENTRY: DirectoryEntry = {
  orgUnit: null,
  tags: null,
  securityContact: null,
  guardrails: null,
};

const ACCOUNT_ID = /^\d{12}$/;

/** Whether a text is written like an AWS account id. */
export function isAccountId(text: string): text is AccountId {
  return ACCOUNT_ID.test(text);
}

/** The text as an account id; throws a RangeError that says what was expected. */
export function accountId(text: string): AccountId {
  if (!isAccountId(text)) {
    throw new RangeError(`Cannot read ${JSON.stringify(text)} as an AWS account ID: expected 12 digits`);
  }
  return text;
}

/** Accounts by name, then by id: the order of every list and file. */
export function byNameThenId(a: Pick<Account, 'name' | 'id'>, b: Pick<Account, 'name' | 'id'>): number {
  return COLLATOR.compare(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

const COLLATOR = new Intl.Collator('en', { numeric: true });
