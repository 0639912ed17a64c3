import { accountId, isAccountId } from '../domain/account.ts';
import { TREND_WEEKS, weeklyTrend } from '../domain/trend.ts';
import { historyOf } from '../store/verdicts.ts';
import type { AccountView } from '../usecases/shared/account-view.ts';
import { findAccount } from '../usecases/shared/find-account.ts';
import { readChange } from '../usecases/status/read-changes.ts';
import {
  readAccount,
  readAccounts,
  readCompany,
  readOrgUnit,
  readOwned,
  readTrend,
} from '../usecases/shared/read-accounts.ts';
import type { Caller } from './authorizer.ts';
import type { Bot } from './dependencies.ts';
import { drawAccount, drawChoice, drawNoMatch } from './views/status/account.ts';
import { drawList } from './views/status/account-list.ts';
import type { Drawn, Markup } from './views/shared/blocks.ts';
import { drawCompany } from './views/status/company-status.ts';
import { message } from './views/shared/message.ts';
import type { ListOf, ListQuery } from './views/status/account-list-query.ts';
import { tokenPart } from './views/tokens/token-button.ts';
import { drawTrend } from './views/status/trend.ts';
import { answersAs, owns, seesAll, viewerOf, visibleTo } from './visibility.ts';

const HOUR_MS = 60 * 60_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const CHOICES = 10;

const NOT_FOR_YOU =
  'Only admins see all accounts here; you see those that you answer for: `/mfa-status mine`.';

/** The company at a glance; for those who see only their own accounts, these. */
export async function companyPage(bot: Bot, caller: Caller): Promise<Drawn> {
  const { ctx, config } = bot;
  if (!seesAll(caller, config))
    return listPage(bot, caller, { of: { kind: 'mine' }, standing: null, page: 0 });
  const now = ctx.now();
  // From a full hour: whoever asks in the same one is told the same, and it is worked out once.
  const since = new Date(Math.floor((now.getTime() - WEEK_MS) / HOUR_MS) * HOUR_MS);
  const [status, change] = await Promise.all([readCompany(ctx), readChange(ctx, since)]);
  return drawCompany({ status, change, since, cis: config.policy.cis, admin: caller.admin, now });
}

/** A list of accounts, as far as the caller may see them. */
export async function listPage(
  bot: Pick<Bot, 'ctx' | 'config' | 'people'>,
  caller: Caller,
  query: ListQuery,
): Promise<Drawn> {
  const { config } = bot;
  const views = visibleTo(caller, await viewsOf(bot, caller, query.of), config);
  return drawList({ query, views, ...wordsFor(query.of, seesAll(caller, config)) });
}

/** One account by its id. */
export async function accountPage(
  { ctx, config }: Pick<Bot, 'ctx' | 'config'>,
  caller: Caller,
  id: string,
  news?: Markup,
): Promise<Drawn> {
  const view = isAccountId(id) ? await readAccount(ctx, id) : undefined;
  const now = ctx.now();
  if (!view || !(seesAll(caller, config) || owns(caller, view))) {
    return message('This account is not there any more, or it is not yours to see.');
  }
  const history = await historyOf(ctx.db, accountId(id));
  const viewer = viewerOf(caller, view);
  const token = tokenPart(view, viewer.admin || viewer.owner, config);
  return drawAccount({ view, history, cis: config.policy.cis, now, viewer, token, ...(news && { news }) });
}

/** The account that somebody meant, a choice of several, or the nearest names. */
export async function foundPage(
  bot: Pick<Bot, 'ctx' | 'config'>,
  caller: Caller,
  text: string,
  perhaps: string | null,
): Promise<Drawn> {
  const visible = visibleTo(caller, await readAccounts(bot.ctx), bot.config);
  const found = findAccount(visible, text);
  switch (found.kind) {
    case 'one':
      return accountPage(bot, caller, found.view.account.id);
    case 'several':
      return drawChoice(text, found.views.slice(0, CHOICES), found.views.length);
    case 'none':
      return drawNoMatch(text, found.nearest, perhaps);
  }
}

/** Twelve weeks of coverage: the last scan of each. */
export async function trendPage(
  { ctx, config }: Pick<Bot, 'ctx' | 'config'>,
  caller: Caller,
): Promise<Drawn> {
  if (!seesAll(caller, config)) return message(NOT_FOR_YOU.replaceAll('`', ''));
  const now = ctx.now();
  const scans = await readTrend(ctx, new Date(now.getTime() - TREND_WEEKS * WEEK_MS));
  const points = scans.map(({ startedAt, coverage }) => ({ at: startedAt, coverage }));
  return drawTrend(weeklyTrend(points, config.schedule.timezone));
}

async function viewsOf(
  { ctx, people }: Pick<Bot, 'ctx' | 'people'>,
  caller: Caller,
  of: ListOf,
): Promise<readonly AccountView[]> {
  switch (of.kind) {
    case 'failing':
      return readFailing(ctx);
    case 'all':
      return readAccounts(ctx);
    case 'mine':
      return readOwned(ctx, (who) => answersAs(caller, who));
    case 'owner': {
      // Owners are written down by e-mail or by Slack id: whoever is meant by one is meant by the other.
      const person = await people.byName(of.who);
      const names = new Set([of.who, of.who.toLowerCase(), person?.slackId, person?.email]);
      return readOwned(ctx, (who) => names.has(who));
    }
    case 'ou':
      return readOrgUnit(ctx, of.path);
  }
}

async function readFailing(ctx: Bot['ctx']): Promise<readonly AccountView[]> {
  const { needingAttention } = await readCompany(ctx);
  return needingAttention.filter(({ standing }) => standing === 'unmet');
}

function wordsFor(of: ListOf, whole: boolean): { title: string; whenEmpty: string } {
  switch (of.kind) {
    case 'failing':
      return {
        title: 'Falls short',
        whenEmpty: whole
          ? 'Nothing falls short: every account that could be read meets what is asked of it.'
          : 'Nothing of yours falls short.',
      };
    case 'all':
      return {
        title: 'All accounts',
        whenEmpty: 'No account is known yet: the first scan has not finished.',
      };
    case 'mine':
      return {
        title: 'Your accounts',
        whenEmpty:
          'No account names you as its owner. Owners come from the account’s tags or its security contact; if one of them should be yours, tell your security team.',
      };
    case 'owner':
      return { title: `Accounts of ${of.who}`, whenEmpty: `No account names ${of.who} as its owner.` };
    case 'ou':
      return {
        title: `Accounts under ${of.path}`,
        whenEmpty: `No account is known under ${of.path}. Org units are written as paths, such as /Production/Payments, and are read within a day of the first scan.`,
      };
  }
}
