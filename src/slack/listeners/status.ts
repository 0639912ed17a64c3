import { isSlackUserId } from '../../domain/person.ts';
import { findPersonByHandle } from '../../usecases/owners/find-person-by-handle.ts';
import { suggestAccounts } from '../../usecases/shared/find-account.ts';
import { readAccounts } from '../../usecases/shared/read-accounts.ts';
import type { Caller } from '../authorizer.ts';
import { adminsOnlyPart, COMMAND, parseCommand, parsePerson, type SubcommandName } from '../command.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { CommandContext } from '../interaction.ts';
import { accountPage, companyPage, listPage, searchPage, targetsPage, trendPage } from '../pages.ts';
import type { Router } from '../router.ts';
import { renderHelp } from '../views/help/help.ts';
import { PICK_OWNER, renderOwnerPicker } from '../views/owners/owner-picker.ts';
import type { RenderedMessage } from '../views/shared/blocks.ts';
import { toAccountChoice } from '../views/status/account.ts';
import { FILTER_LIST, OPEN_ACCOUNT, PICK_ACCOUNT, SHOW_LIST } from '../views/status/account-list.ts';
import {
  type AccountFilter,
  type AccountListQuery,
  parseListQuery,
  withCompliance,
} from '../views/status/account-list-query.ts';
import { SHOW_TREND } from '../views/status/company-status.ts';
import { SHOW_TARGETS } from '../views/targets/targets.ts';
import { visibleTo } from '../visibility.ts';
import { forAdminsOnly } from './admins-only.ts';
import { showAudit } from './audit.ts';
import { sendEvidence } from './evidence.ts';
import { sendExport } from './export.ts';
import { showKeys } from './keys.ts';
import { openRemediation } from './remediation.ts';
import { showReminders } from './reminders.ts';
import { showRootEvents } from './root-events.ts';
import { startScan } from './scan.ts';
import { openTokenRequestForm, showRequests } from './tokens.ts';

/** The command, and every button that leads from one answer to the next. */
export function registerStatus(router: Router, deps: SlackDependencies): void {
  router.command(COMMAND, async (interaction) => {
    const request = parseCommand(interaction.text);
    if (request.kind === 'account') {
      await interaction.reply(await searchPage(deps, interaction.caller, request.text, request.suggestion));
    } else {
      await runSubcommand(deps, interaction, request);
    }
  });

  router.action(SHOW_LIST, async ({ caller, value, replace }) =>
    replace(await listPage(deps, caller, parseListQuery(value))),
  );
  router.action(FILTER_LIST, async ({ caller, value, blockId, replace }) =>
    replace(await listPage(deps, caller, withCompliance(parseListQuery(blockId), value))),
  );
  router.action(OPEN_ACCOUNT, async ({ caller, value, reply }) =>
    reply(await accountPage(deps, caller, value)),
  );
  router.action(PICK_ACCOUNT, async ({ caller, value, reply }) =>
    reply(await accountPage(deps, caller, value)),
  );
  router.action(SHOW_TREND, async ({ caller, reply }) => reply(await trendPage(deps, caller)));
  router.action(SHOW_TARGETS, async ({ caller, reply }) => reply(await targetsPage(deps, caller)));
  router.action(PICK_OWNER, async ({ caller, value, replace }) => {
    if (isSlackUserId(value))
      await replace(await listPage(deps, caller, listQuery({ kind: 'owner', owner: value })));
  });

  router.options(PICK_ACCOUNT, async (typed, caller) => {
    const visible = visibleTo(caller, await readAccounts(deps.ctx), deps.config);
    return suggestAccounts(visible, typed, MAX_OPTIONS).map(toAccountChoice);
  });
}

const MAX_OPTIONS = 100;

type SubcommandHandler = (
  deps: SlackDependencies,
  interaction: CommandContext,
  argument: string,
) => Promise<void>;

const showList =
  (kind: 'mine' | 'failing' | 'all' | 'credentials'): SubcommandHandler =>
  async (deps, { caller, reply }) =>
    reply(await listPage(deps, caller, listQuery({ kind })));

/** What each subcommand does. */
const SUBCOMMAND_HANDLERS = {
  '': async (deps, { caller, reply }) => reply(await companyPage(deps, caller)),
  mine: showList('mine'),
  failing: showList('failing'),
  all: showList('all'),
  credentials: showList('credentials'),
  owner: async (deps, { caller, reply }, argument) => reply(await ownerPage(deps, caller, argument)),
  ou: async (deps, { caller, reply }, argument) => {
    const path = argument.startsWith('/') ? argument : `/${argument}`;
    await reply(await listPage(deps, caller, listQuery({ kind: 'ou', path })));
  },
  fix: openRemediation,
  request: openTokenRequestForm,
  requests: showRequests,
  keys: showKeys,
  events: showRootEvents,
  trend: async (deps, { caller, reply }) => reply(await trendPage(deps, caller)),
  targets: async (deps, { caller, reply }) => reply(await targetsPage(deps, caller)),
  export: sendExport,
  evidence: sendEvidence,
  scan: startScan,
  reminders: showReminders,
  audit: showAudit,
  help: (_deps, { caller, reply }) => reply(renderHelp(caller.admin)),
} satisfies Readonly<Record<SubcommandName, SubcommandHandler>>;

async function runSubcommand(
  deps: SlackDependencies,
  interaction: CommandContext,
  { word, rest }: { readonly word: SubcommandName; readonly rest: string },
): Promise<void> {
  const run = () => SUBCOMMAND_HANDLERS[word](deps, interaction, rest);
  const adminsOnly = adminsOnlyPart(word);
  await (adminsOnly ? forAdminsOnly(deps, interaction, adminsOnly, run) : run());
}

/** Slack passes `@ana` as typed: it is matched with known people, and a picker follows where that is not one person. */
async function ownerPage(deps: SlackDependencies, caller: Caller, typed: string): Promise<RenderedMessage> {
  const person = parsePerson(typed);
  if (person && 'id' in person) return listPage(deps, caller, listQuery({ kind: 'owner', owner: person.id }));
  if (person?.handle.includes('@')) {
    return listPage(deps, caller, listQuery({ kind: 'owner', owner: person.handle.toLowerCase() }));
  }
  const id = person && (await findPersonByHandle(deps.ctx, person.handle));
  if (id) return listPage(deps, caller, listQuery({ kind: 'owner', owner: id }));
  return renderOwnerPicker(person?.handle);
}

function listQuery(filter: AccountFilter): AccountListQuery {
  return { filter, compliance: null, page: 0 };
}
