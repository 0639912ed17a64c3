import type { AccountId } from '../../domain/account.ts';
import type { Coverage } from '../../domain/coverage.ts';
import { isUnder } from '../../domain/policy.ts';
import { knownAccount } from '../../store/account-cache.ts';
import { lastScan, type ScanResult, scansSince } from '../../store/scans.ts';
import { type AccountView, accountView, type Outlook } from './account-view.ts';
import { byWorst, type CompanyViews, companyViews } from './company-views.ts';
import type { Context } from './context.ts';

/** The company at a glance. */
export interface CompanyStatus {
  readonly coverage: Coverage;
  /** Accounts that fall short or are not known, worst first, then by name. */
  readonly needingAttention: readonly AccountView[];
  /** The scan that finished last; undefined before the first. */
  readonly lastScan: ScanResult<Coverage> | undefined;
}

/** Every account of the company that is open, by name, as it stands now. */
export async function readAccounts(ctx: Context): Promise<readonly AccountView[]> {
  return (await readAll(ctx)).views;
}

/** One open account as it stands now, straight from the database. */
export async function readAccount(ctx: Context, id: AccountId): Promise<AccountView | undefined> {
  const [account, outlook] = await Promise.all([knownAccount(ctx.db, id), outlookOf(ctx)]);
  return account && account.closedAt === null ? accountView(account, outlook, ctx.now()) : undefined;
}

/** What views of accounts are made from now. */
export async function outlookOf({
  config,
  decisions,
}: Pick<Context, 'config' | 'decisions'>): Promise<Outlook> {
  return { config, decisions: await decisions.current() };
}

/** The company at a glance: how many stand how, who needs attention, how old the reading is. */
export async function readCompany(ctx: Context): Promise<CompanyStatus> {
  const [{ coverage, needingAttention }, last] = await Promise.all([
    readAll(ctx),
    lastScan<Coverage>(ctx.db),
  ]);
  return { coverage, needingAttention, lastScan: last };
}

/** The accounts whose owner, an e-mail in lower case or a Slack id, is wanted; worst first. */
export async function readOwned(ctx: Context, isWanted: (who: string) => boolean): Promise<AccountView[]> {
  return byWorst((await readAccounts(ctx)).filter(({ owner }) => owner !== null && isWanted(owner.who)));
}

/** The accounts in an org unit and below it, worst first. */
export async function readOrgUnit(ctx: Context, path: string): Promise<AccountView[]> {
  const pattern = /\*/.test(path) ? path : `${path.replace(/\/+$/, '')}/**`;
  const views = await readAccounts(ctx);
  return byWorst(
    views.filter(({ account }) => account.orgUnit !== null && isUnder(account.orgUnit, pattern)),
  );
}

/** Coverage scan by scan since a time, oldest first: what a trend is drawn from. */
export function readTrend({ db }: Context, since: Date): Promise<ScanResult<Coverage>[]> {
  return scansSince<Coverage>(db, since);
}

async function readAll(ctx: Context): Promise<CompanyViews> {
  const [accounts, outlook] = await Promise.all([ctx.book.accounts(), outlookOf(ctx)]);
  return companyViews({ accounts, outlook, at: ctx.now() });
}
