import { type AccountId, isAccountId } from '../account.ts';
import type { SlackUserId } from '../person.ts';
import type { RegisterEntry } from './enrolled-key.ts';
import {
  addKey,
  changeKey,
  cleanKeyFacts,
  KEY_KINDS,
  KEY_ROLES,
  type KeyFacts,
  type RegisteredKey,
  type SaveKeyRefusal,
} from './registered-key.ts';

/** One line of a file of keys; an empty cell is an empty text. */
export interface KeyImportRow {
  /** In the file, for people: the header is line 1. */
  readonly line: number;
  readonly accountId: string;
  readonly role: string;
  readonly kind: string;
  readonly holder: string;
  readonly place: string;
  readonly serial: string;
  readonly batteryEndsOn: string;
}

/** What an import is checked against. */
export interface KeyImportInputs {
  readonly isOpenAccount: (id: AccountId) => boolean;
  readonly keysOf: (id: AccountId) => readonly RegisteredKey[];
  /** Returns the person by Slack ID or email address; undefined for someone the bot does not know. */
  readonly personOf: (text: string) => SlackUserId | undefined;
  readonly newId: () => string;
  readonly now: Date;
}

export interface KeyImportError {
  readonly line: number;
  readonly problem: string;
}

export type KeyImportPlan =
  | { readonly kind: 'plan'; readonly entries: readonly RegisterEntry[]; readonly unchanged: number }
  /** Nothing is imported while any line is wrong. */
  | { readonly kind: 'errors'; readonly errors: readonly KeyImportError[] };

/**
 * Plans the import of a file: every line, or nothing. A line is about a key of the register if account and serial are
 * the same or, without a serial, account, role, kind and holder; so the same file can be imported twice.
 */
export function planKeyImport(rows: readonly KeyImportRow[], inputs: KeyImportInputs): KeyImportPlan {
  const errors: KeyImportError[] = [];
  const entries: RegisterEntry[] = [];
  const keys = new Map<AccountId, readonly RegisteredKey[]>();
  const lineOf = new Map<string, number>();
  let unchanged = 0;
  // Accounts without a key have a line in an export.
  for (const row of rows.filter(namesKey)) {
    const parsed = parseRow(row, inputs);
    if (parsed.kind === 'wrong') {
      errors.push(...parsed.problems.map((problem) => ({ line: row.line, problem })));
      continue;
    }
    const { accountId, facts } = parsed;
    const known = keys.get(accountId) ?? inputs.keysOf(accountId);
    const match = known.find((key) => isSameKey(key, facts));
    const earlier = match && lineOf.get(match.id);
    if (earlier !== undefined) {
      errors.push({ line: row.line, problem: `is about the same key as line ${earlier}` });
      continue;
    }
    const outcome = match
      ? changeKey(match, facts, 'bot', inputs.now)
      : addKey(known, { id: inputs.newId(), accountId, source: 'import', facts }, 'bot', inputs.now);
    if (!('key' in outcome)) {
      errors.push({ line: row.line, problem: refusalText(outcome) });
      continue;
    }
    const { key } = outcome;
    lineOf.set(key.id, row.line);
    keys.set(accountId, [...known.filter(({ id }) => id !== key.id), key]);
    if (outcome.kind === 'unchanged') unchanged += 1;
    else entries.push({ change: outcome.kind, key });
  }
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'plan', entries, unchanged };
}

type ParsedRow =
  | { readonly kind: 'key'; readonly accountId: AccountId; readonly facts: KeyFacts }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

/** Every problem of a line at once, so that a file is corrected in one go. */
function parseRow(row: KeyImportRow, { isOpenAccount, personOf }: KeyImportInputs): ParsedRow {
  const accountId = isAccountId(row.accountId) ? row.accountId : undefined;
  const role = KEY_ROLES.find((known) => known === row.role);
  const kind = KEY_KINDS.find((known) => known === row.kind);
  const holder = row.holder === '' ? null : personOf(row.holder);
  const problems = [
    ...(accountId ? [] : [`accountId ${quote(row.accountId)}: expected 12 digits`]),
    ...(accountId && !isOpenAccount(accountId)
      ? [`accountId ${quote(row.accountId)}: no open account of the organization has this ID`]
      : []),
    ...(role ? [] : [`role ${quote(row.role)}: expected ${KEY_ROLES.join(' or ')}`]),
    ...(kind ? [] : [`kind ${quote(row.kind)}: expected ${KEY_KINDS.join(', ')}`]),
    ...(holder === undefined
      ? [
          `holder ${quote(row.holder)}: expected a Slack user ID, or the email address of a person the bot knows`,
        ]
      : []),
  ];
  if (problems.length > 0 || !accountId || !role || !kind || holder === undefined) {
    return { kind: 'wrong', problems };
  }
  const { place, serial, batteryEndsOn } = row;
  return {
    kind: 'key',
    accountId,
    facts: cleanKeyFacts({ role, kind, holder, place, serial, batteryEndsOn }),
  };
}

function namesKey({ role, kind, holder, place, serial, batteryEndsOn }: KeyImportRow): boolean {
  return [role, kind, holder, place, serial, batteryEndsOn].some((cell) => cell !== '');
}

function isSameKey(key: RegisteredKey, facts: KeyFacts): boolean {
  if (facts.serial !== null || key.serial !== null) return facts.serial === key.serial;
  return key.role === facts.role && key.kind === facts.kind && key.holder === facts.holder;
}

function refusalText(outcome: SaveKeyRefusal): string {
  switch (outcome.kind) {
    case 'place-is-address':
      return 'place looks like an address: expected a label, such as safe 2, Madrid office';
    case 'too-long':
      return `${outcome.field} is too long: expected at most ${outcome.max} characters`;
    case 'not-a-date':
      return 'batteryEndsOn: expected a day, such as 2027-03-31';
    case 'no-battery':
      return 'batteryEndsOn: only a totp-token has a battery that ends';
    case 'too-many-keys':
      return `the account has ${outcome.max} keys already, as many as root can have`;
  }
}

function quote(text: string): string {
  return text === '' ? 'is empty' : JSON.stringify(text);
}
