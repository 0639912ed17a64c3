import type { AccountId } from '../../domain/account.ts';
import type { Coverage } from '../../domain/coverage.ts';
import { matchesOrgUnit } from '../../domain/policy.ts';
import { isToGo } from '../../domain/target.ts';
import { findKnownAccount } from '../../store/account-cache.ts';
import { lastScan, lastScanFailure, type ScanFailure, type ScanResult } from '../../store/scans.ts';
import { type AccountView, type AccountViewInputs, accountView } from './account-view.ts';
import { type CompanyViews, companyViews, sortWorstFirst } from './company-views.ts';
import type { Context } from './context.ts';

/** The company at a glance. */
export interface CompanyStatus {
  readonly coverage: Coverage;
  /** Non-compliant and unknown accounts, worst first, then by name. */
  readonly needingAttention: readonly AccountView[];
  /** Accounts with a root access key or certificate, worst first. */
  readonly rootKeys: readonly AccountView[];
  /** The scan that finished last; undefined before the first. */
  readonly lastScan: ScanResult<Coverage> | undefined;
  /** Why the latest scan could not run; undefined where it could. */
  readonly scanFailure: ScanFailure | undefined;
}

/** Returns every open account in its current state, by name. */
export async function readAccounts(ctx: Context): Promise<readonly AccountView[]> {
  return (await readCompanyViews(ctx)).views;
}

/** Returns one open account in its current state, straight from the database. */
export async function readAccount(ctx: Context, id: AccountId): Promise<AccountView | undefined> {
  const [account, viewInputs] = await Promise.all([findKnownAccount(ctx.db, id), readViewInputs(ctx)]);
  return account && account.closedAt === null ? accountView(account, viewInputs, ctx.now()) : undefined;
}

/** What views of accounts are made from now. */
export async function readViewInputs({
  config,
  decisions,
}: Pick<Context, 'config' | 'decisions'>): Promise<AccountViewInputs> {
  return { config, decisions: await decisions.current() };
}

/** Returns the company overview: counts by compliance, accounts that need attention, age of the data. */
export async function readCompanyStatus(ctx: Context): Promise<CompanyStatus> {
  const [{ coverage, needingAttention, rootKeys }, last, scanFailure] = await Promise.all([
    readCompanyViews(ctx),
    lastScan<Coverage>(ctx.db),
    lastScanFailure(ctx.db),
  ]);
  return { coverage, needingAttention, rootKeys, lastScan: last, scanFailure };
}

/** The accounts whose owner, an e-mail in lower case or a Slack id, is wanted; worst first. */
export async function readAccountsOfOwner(
  ctx: Context,
  isOwner: (owner: string) => boolean,
): Promise<AccountView[]> {
  return sortWorstFirst(
    (await readAccounts(ctx)).filter(({ owner }) => owner !== null && isOwner(owner.identifier)),
  );
}

/** Returns the member accounts that still have root credentials, unchanged the longest first. */
export async function readAccountsWithRootCredentials(ctx: Context): Promise<AccountView[]> {
  const since = ({ account }: AccountView) => account.since?.getTime() ?? Number.MAX_SAFE_INTEGER;
  return (await readAccounts(ctx))
    .filter(({ rootCredentials, account }) => rootCredentials === 'present' && !account.managementAccount)
    .sort((a, b) => since(a) - since(b));
}

/** The accounts in an org unit and below it, worst first. */
export async function readAccountsInOrgUnit(ctx: Context, path: string): Promise<AccountView[]> {
  const pattern = /\*/.test(path) ? path : `${path.replace(/\/+$/, '')}/**`;
  const views = await readAccounts(ctx);
  return sortWorstFirst(
    views.filter(({ account }) => account.orgUnit !== null && matchesOrgUnit(account.orgUnit, pattern)),
  );
}

/** Returns the accounts that have not reached a target, worst first; none for an unknown target. */
export async function readAccountsToGo(ctx: Context, name: string): Promise<AccountView[]> {
  const target = ctx.config.targets.find((one) => one.name === name);
  return target ? sortWorstFirst((await readAccounts(ctx)).filter((view) => isToGo(target, view))) : [];
}

/** Returns every open account in its current state, with counts and lists that are often needed. */
export async function readCompanyViews(ctx: Context): Promise<CompanyViews> {
  const [accounts, viewInputs] = await Promise.all([ctx.accounts.accounts(), readViewInputs(ctx)]);
  return companyViews({ accounts, viewInputs, at: ctx.now() });
}
