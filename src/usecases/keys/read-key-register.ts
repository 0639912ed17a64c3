import {
  isInRegister,
  KEY_FINDINGS,
  type KeyedAccount,
  type KeyFinding,
  type KeyFindingKind,
  keyFindings,
} from '../../domain/key-register/findings.ts';
import type { Actor } from '../../domain/person.ts';
import type { KnownAccount } from '../../domain/scan.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import type { Database } from '../../store/database.ts';
import {
  deactivatedPeople,
  listRegisteredKeys,
  registeredKeysByAccount,
} from '../../store/registered-keys.ts';
import type { Context } from '../shared/context.ts';

/** An account, its root devices, its keys, and what is weak about them. */
export interface AccountKeys extends KeyedAccount {
  readonly account: KnownAccount;
  readonly findings: readonly KeyFinding[];
}

/** How many accounts have keys, and how many have each finding. */
export interface KeySummary {
  readonly accounts: number;
  readonly accountsWithFindings: number;
  /** Only findings that there are. */
  readonly findings: ReadonlyMap<KeyFindingKind, number>;
}

/** A page of the register, and how much more there is. */
export interface KeyPage {
  readonly items: readonly AccountKeys[];
  readonly page: number;
  readonly pages: number;
  readonly summary: KeySummary;
}

const PAGE_SIZE = 8;

/**
 * Returns one page of the keys of these accounts, those with findings first. The register is a map for thieves, so who
 * reads it is recorded before it is handed out.
 */
export async function readKeyPage(
  ctx: Pick<Context, 'db' | 'now'>,
  {
    accounts,
    page,
    by,
  }: { readonly accounts: readonly KnownAccount[]; readonly page: number; readonly by: Actor },
): Promise<KeyPage> {
  const all = sortByFindings(await readAccountKeys(ctx, accounts));
  const pages = Math.max(1, Math.ceil(all.length / PAGE_SIZE));
  const shown = Math.min(page, pages - 1);
  const items = all.slice(shown * PAGE_SIZE, (shown + 1) * PAGE_SIZE);
  await recordAuditEvent(ctx.db, ctx.now(), by.id, {
    kind: 'keys-listed',
    detail: { accounts: items.length },
  });
  return { items, page: shown, pages, summary: summarize(all) };
}

/** Returns the keys of one account; who reads them is recorded. */
export async function readKeysOfAccount(
  ctx: Pick<Context, 'db' | 'now'>,
  { account, by }: { readonly account: KnownAccount; readonly by: Actor },
): Promise<AccountKeys> {
  const found = await readOne(ctx, account);
  await recordAuditEvent(ctx.db, ctx.now(), by.id, {
    kind: 'keys-shown',
    accountId: account.id,
    detail: { keys: found.keys.length },
  });
  return found;
}

/** Returns how many keys and findings there are: nothing of who holds what, so no one is recorded. */
export async function readKeySummary(
  ctx: Pick<Context, 'db' | 'now'>,
  accounts: readonly KnownAccount[],
): Promise<KeySummary> {
  return summarize(await readAccountKeys(ctx, accounts));
}

/** What an account's own view shows of its keys. */
export type AccountKeySummary = Pick<AccountKeys, 'devices'> & {
  readonly keys: number;
  readonly findings: readonly KeyFindingKind[];
};

/** Returns what an account's own view shows; `null`: root has no device, and no key is named. */
export async function readAccountKeySummary(
  ctx: Pick<Context, 'db' | 'now'>,
  account: KnownAccount,
): Promise<AccountKeySummary | null> {
  const found = await readOne(ctx, account);
  if (!isInRegister(found)) return null;
  const { devices, keys, findings } = found;
  return { devices, keys: keys.length, findings: findings.map(({ kind }) => kind) };
}

/** Returns the accounts that the register has something to say of, in their order. */
export async function readAccountKeys(
  { db, now }: { readonly db: Database; readonly now: () => Date },
  accounts: readonly KnownAccount[],
): Promise<AccountKeys[]> {
  const keys = await registeredKeysByAccount(db);
  const holders = [...keys.values()].flat().flatMap(({ holder }) => holder ?? []);
  const left = await deactivatedPeople(db, [...new Set(holders)]);
  const at = now();
  return accounts
    .map((account) => toAccountKeys({ account, keys: keys.get(account.id) ?? [] }, left, at))
    .filter(isInRegister);
}

async function readOne(
  { db, now }: Pick<Context, 'db' | 'now'>,
  account: KnownAccount,
): Promise<AccountKeys> {
  const keys = await listRegisteredKeys(db, account.id);
  const left = await deactivatedPeople(
    db,
    keys.flatMap(({ holder }) => holder ?? []),
  );
  return toAccountKeys({ account, keys }, left, now());
}

function toAccountKeys(
  { account, keys }: Pick<AccountKeys, 'account' | 'keys'>,
  left: ReadonlySet<string>,
  now: Date,
): AccountKeys {
  const { verdict, rootDevices = null } = account;
  const keyed = { mfa: verdict?.mfa ?? null, devices: rootDevices, keys };
  return { ...keyed, account, findings: keyFindings(keyed, (holder) => left.has(holder), now) };
}

/** Accounts with the most pressing finding first, then with the most findings; equals stay in their order. */
function sortByFindings(all: readonly AccountKeys[]): AccountKeys[] {
  const rank = ({ findings: [first] }: AccountKeys) =>
    first ? KEY_FINDINGS.indexOf(first.kind) : KEY_FINDINGS.length;
  return [...all].sort((a, b) => rank(a) - rank(b) || b.findings.length - a.findings.length);
}

function summarize(all: readonly AccountKeys[]): KeySummary {
  const findings = new Map<KeyFindingKind, number>();
  for (const kind of KEY_FINDINGS) {
    const count = all.filter((account) => account.findings.some((finding) => finding.kind === kind)).length;
    if (count > 0) findings.set(kind, count);
  }
  return {
    accounts: all.length,
    accountsWithFindings: all.filter(({ findings: { length } }) => length > 0).length,
    findings,
  };
}
