import { isAccountId } from '../domain/account.ts';
import { readAccountKeySummary } from '../usecases/keys/read-key-register.ts';
import { type OwnerNames, readOwnerNames } from '../usecases/owners/read-owner-names.ts';
import { readReminderProgress } from '../usecases/reminders/read-reminder-progress.ts';
import { readAccountRootEvents, readWireSummary } from '../usecases/root-events/read-root-events.ts';
import type { AccountView } from '../usecases/shared/account-view.ts';
import { findAccount } from '../usecases/shared/find-account.ts';
import {
  readAccount,
  readAccounts,
  readAccountsInOrgUnit,
  readAccountsOfOwner,
  readAccountsToGo,
  readAccountsWithRootCredentials,
  readCompanyStatus,
} from '../usecases/shared/read-accounts.ts';
import { readChanges } from '../usecases/status/read-changes.ts';
import { readTrend } from '../usecases/status/read-trend.ts';
import { readVerdictHistory } from '../usecases/status/read-verdict-history.ts';
import { ownTargets, readTargets } from '../usecases/targets/read-targets.ts';
import type { Caller } from './authorizer.ts';
import type { SlackDependencies } from './dependencies.ts';
import { accountKeyBlocks } from './views/keys/key-list.ts';
import { accountRootEventBlocks } from './views/root-events/event-list.ts';
import type { Markup, RenderedMessage } from './views/shared/blocks.ts';
import { message } from './views/shared/message.ts';
import { renderAccount, renderAccountChoice, renderAccountNotFound } from './views/status/account.ts';
import { renderAccountList, shownAccounts } from './views/status/account-list.ts';
import type { AccountFilter, AccountListQuery } from './views/status/account-list-query.ts';
import { renderCompanyStatus } from './views/status/company-status.ts';
import { renderTrend } from './views/status/trend.ts';
import { renderOwnTargets, renderTargets } from './views/targets/targets.ts';
import { tokenSection } from './views/tokens/token-button.ts';
import { actsAsOwner, owns, seesAll, viewerOf, visibleTo } from './visibility.ts';

const HOUR_MS = 60 * 60_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const MAX_CHOICES = 10;

const OWN_ACCOUNTS_ONLY_TEXT =
  'Only admins can see all accounts here. To see the accounts you own, type /mfa-status mine.';

/** Returns the company overview; for people who see only their own accounts, those. */
export async function companyPage(deps: SlackDependencies, caller: Caller): Promise<RenderedMessage> {
  const { ctx, config } = deps;
  if (!seesAll(caller, config))
    return listPage(deps, caller, { filter: { kind: 'mine' }, compliance: null, page: 0 });
  const now = ctx.now();
  // From the full hour, so that one computation serves everyone within it.
  const since = new Date(Math.floor((now.getTime() - WEEK_MS) / HOUR_MS) * HOUR_MS);
  const [status, change] = await Promise.all([readCompanyStatus(ctx), readChanges(ctx, since)]);
  const wires = await readWireSummary(ctx, await readAccounts(ctx));
  return renderCompanyStatus({
    status,
    change,
    since,
    cis: config.policy.cis,
    admin: caller.admin,
    now,
    wires,
  });
}

/** Returns a list of the accounts that the caller can see. */
export async function listPage(
  deps: Pick<SlackDependencies, 'ctx' | 'config' | 'people'>,
  caller: Caller,
  query: AccountListQuery,
): Promise<RenderedMessage> {
  const { ctx, config } = deps;
  const views = visibleTo(caller, await readViews(deps, caller, query.filter), config);
  const shown = shownAccounts(query, views);
  const [reminders, ownerNames] = await Promise.all([
    caller.admin ? readReminderProgress(ctx, shown) : undefined,
    readOwnerNames(ctx, [...shown.map(({ owner }) => owner?.identifier ?? ''), ...filterOwner(query.filter)]),
  ]);
  const texts = listTextFor(query.filter, seesAll(caller, config), ownerNames);
  return renderAccountList({ query, views, reminders, ownerNames, ...texts });
}

/** Returns one account by its ID. */
export async function accountPage(
  { ctx, config }: Pick<SlackDependencies, 'ctx' | 'config'>,
  caller: Caller,
  id: string,
  notice?: Markup,
): Promise<RenderedMessage> {
  const view = isAccountId(id) ? await readAccount(ctx, id) : undefined;
  const now = ctx.now();
  if (!view || !(seesAll(caller, config) || owns(caller, view))) {
    return message('This account no longer exists, or you cannot see it.');
  }
  const history = await readVerdictHistory(ctx, view.account.id);
  const viewer = viewerOf(caller, view);
  const isTheirs = viewer.admin || viewer.owner;
  const token = tokenSection(view, isTheirs, config);
  const reminders = isTheirs ? (await readReminderProgress(ctx, [view])).get(view.account.id) : undefined;
  const rootEvents = isTheirs
    ? accountRootEventBlocks(id, await readAccountRootEvents(ctx, view.account.id), now)
    : [];
  const keys = isTheirs ? accountKeyBlocks(id, await readAccountKeySummary(ctx, view.account)) : [];
  return renderAccount({
    view,
    history,
    cis: config.policy.cis,
    now,
    viewer,
    token,
    rootEvents,
    reminders,
    keys,
    ...(notice && { notice }),
  });
}

/** Returns the account that the text means, a choice of several, or the nearest names. */
export async function searchPage(
  deps: Pick<SlackDependencies, 'ctx' | 'config'>,
  caller: Caller,
  text: string,
  suggestion: string | null,
): Promise<RenderedMessage> {
  const visible = visibleTo(caller, await readAccounts(deps.ctx), deps.config);
  const found = findAccount(visible, text);
  switch (found.kind) {
    case 'one':
      return accountPage(deps, caller, found.view.account.id);
    case 'several':
      return renderAccountChoice(text, found.views.slice(0, MAX_CHOICES), found.views.length);
    case 'none':
      return renderAccountNotFound(text, found.nearest, suggestion);
  }
}

/** Returns twelve weeks of coverage: past weeks as the digest reported them, this week as of now. */
export async function trendPage(
  { ctx, config }: Pick<SlackDependencies, 'ctx' | 'config'>,
  caller: Caller,
): Promise<RenderedMessage> {
  if (!seesAll(caller, config)) return message(OWN_ACCOUNTS_ONLY_TEXT);
  const [trend, targets] = await Promise.all([readTrend(ctx), readTargets(ctx)]);
  return renderTrend(trend, targets);
}

/** Returns the targets of the company; for people who see only their own accounts, those of these accounts. */
export async function targetsPage(
  { ctx, config }: Pick<SlackDependencies, 'ctx' | 'config'>,
  caller: Caller,
): Promise<RenderedMessage> {
  if (seesAll(caller, config)) return renderTargets(await readTargets(ctx));
  const own = await readAccountsOfOwner(ctx, (owner) => actsAsOwner(caller, owner));
  return renderOwnTargets(ownTargets(ctx, own));
}

async function readViews(
  { ctx, people }: Pick<SlackDependencies, 'ctx' | 'people'>,
  caller: Caller,
  filter: AccountFilter,
): Promise<readonly AccountView[]> {
  switch (filter.kind) {
    case 'failing':
      return readFailing(ctx);
    case 'root-keys':
      return (await readCompanyStatus(ctx)).rootKeys;
    case 'credentials':
      return readAccountsWithRootCredentials(ctx);
    case 'all':
      return readAccounts(ctx);
    case 'mine':
      return readAccountsOfOwner(ctx, (owner) => actsAsOwner(caller, owner));
    case 'owner': {
      // Accounts name owners by email or by Slack ID: both mean the same person.
      const person = await people.byName(filter.owner);
      const ownerNames = new Set([filter.owner, filter.owner.toLowerCase(), person?.slackId, person?.email]);
      return readAccountsOfOwner(ctx, (owner) => ownerNames.has(owner));
    }
    case 'ou':
      return readAccountsInOrgUnit(ctx, filter.path);
    case 'target':
      return readAccountsToGo(ctx, filter.name);
  }
}

async function readFailing(ctx: SlackDependencies['ctx']): Promise<readonly AccountView[]> {
  const { needingAttention } = await readCompanyStatus(ctx);
  return needingAttention.filter(({ compliance }) => compliance === 'noncompliant');
}

function filterOwner(filter: AccountFilter): readonly string[] {
  return filter.kind === 'owner' ? [filter.owner] : [];
}

function listTextFor(
  filter: AccountFilter,
  isWholeCompany: boolean,
  ownerNames: OwnerNames,
): { title: string; whenEmpty: string } {
  switch (filter.kind) {
    case 'failing':
      return {
        title: 'Non-compliant',
        whenEmpty: isWholeCompany
          ? 'No account is non-compliant.'
          : 'None of your accounts is non-compliant.',
      };
    case 'root-keys':
      return {
        title: 'Root access keys',
        whenEmpty: 'No account has a root access key or certificate.',
      };
    case 'credentials':
      return {
        title: 'Root credentials left',
        whenEmpty: 'No member account is known to have root credentials.',
      };
    case 'all':
      return {
        title: 'All accounts',
        whenEmpty: 'There are no accounts yet: the first scan has not finished.',
      };
    case 'mine':
      return {
        title: 'Your accounts',
        whenEmpty:
          'You own no AWS accounts. Owners come from account tags and security contacts. If an account should be yours, tell your security team.',
      };
    case 'owner': {
      const name = ownerNames.get(filter.owner) ?? filter.owner;
      return { title: `Accounts owned by ${name}`, whenEmpty: `${name} owns no accounts.` };
    }
    case 'ou':
      return {
        title: `Accounts under ${filter.path}`,
        whenEmpty: `There are no accounts under ${filter.path}. Type an org unit as a path, such as /Production/Payments. I read org units within a day of the first scan.`,
      };
    case 'target':
      return {
        title: `To go: ${filter.name}`,
        whenEmpty: `No accounts to go for “${filter.name}”.`,
      };
  }
}
