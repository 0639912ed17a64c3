import { isSlackUserId } from '../../domain/person.ts';
import { suggestAccounts } from '../../usecases/shared/find-account.ts';
import { readAccounts } from '../../usecases/shared/read-accounts.ts';
import type { Caller } from '../authorizer.ts';
import type { Bot } from '../dependencies.ts';
import { COMMAND, parseCommand, personIn, type Word } from '../command.ts';
import type { Door } from '../router.ts';
import { accountPage, companyPage, foundPage, listPage, trendPage } from '../pages.ts';
import { choiceOf } from '../views/status/account.ts';
import { FILTER_LIST, OPEN_ACCOUNT, PICK_ACCOUNT, SHOW_LIST } from '../views/status/account-list.ts';
import type { Drawn } from '../views/shared/blocks.ts';
import { SHOW_TREND } from '../views/status/company-status.ts';
import { drawHelp } from '../views/help/help.ts';
import { drawPersonPicker, PICK_OWNER } from '../views/owners/owner-picker.ts';
import { filtered, type ListOf, type ListQuery, readQuery } from '../views/status/account-list-query.ts';
import { visibleTo } from '../visibility.ts';
import type { CommandVisit } from '../interaction.ts';
import { showAudit } from './audit.ts';
import { sendExport } from './export.ts';
import { openFix } from './remediation.ts';
import { showReminders } from './reminders.ts';
import { startScan } from './scan.ts';
import { askForToken, showRequests } from './tokens.ts';

/** The command, and every button that leads from one answer to the next. */
export function registerStatus(door: Door, bot: Bot): void {
  door.command(COMMAND, async (visit) => {
    const request = parseCommand(visit.text);
    if (request.kind === 'account') {
      await visit.say(await foundPage(bot, visit.caller, request.text, request.perhaps));
    } else {
      await answer(bot, visit, request.word, request.rest);
    }
  });

  door.action(SHOW_LIST, async ({ caller, value, replace }) =>
    replace(await listPage(bot, caller, readQuery(value))),
  );
  door.action(FILTER_LIST, async ({ caller, value, blockId, replace }) =>
    replace(await listPage(bot, caller, filtered(readQuery(blockId), value))),
  );
  door.action(OPEN_ACCOUNT, async ({ caller, value, say }) => say(await accountPage(bot, caller, value)));
  door.action(PICK_ACCOUNT, async ({ caller, value, say }) => say(await accountPage(bot, caller, value)));
  door.action(SHOW_TREND, async ({ caller, say }) => say(await trendPage(bot, caller)));
  door.action(PICK_OWNER, async ({ caller, value, replace }) => {
    if (isSlackUserId(value))
      await replace(await listPage(bot, caller, query({ kind: 'owner', who: value })));
  });

  door.options(PICK_ACCOUNT, async (typed, caller) => {
    const visible = visibleTo(caller, await readAccounts(bot.ctx), bot.config);
    return suggestAccounts(visible, typed, CHOICES).map(choiceOf);
  });
}

const CHOICES = 100;

async function answer(bot: Bot, visit: CommandVisit, word: Word, rest: string): Promise<void> {
  const { caller, say } = visit;
  switch (word) {
    case '':
      return say(await companyPage(bot, caller));
    case 'mine':
    case 'failing':
    case 'all':
      return say(await listPage(bot, caller, query({ kind: word })));
    case 'owner':
      return say(await ownerPage(bot, caller, rest));
    case 'ou':
      return say(
        await listPage(bot, caller, query({ kind: 'ou', path: rest.startsWith('/') ? rest : `/${rest}` })),
      );
    case 'fix':
      return openFix(bot, visit, rest);
    case 'request':
      return askForToken(bot, visit, rest);
    case 'requests':
      return showRequests(bot, visit);
    case 'trend':
      return say(await trendPage(bot, caller));
    case 'scan':
      return startScan(bot, visit);
    case 'reminders':
      return showReminders(bot, visit);
    case 'export':
      return sendExport(bot, visit, rest);
    case 'audit':
      return showAudit(bot, visit, rest);
    case 'help':
      return say(drawHelp(caller.admin));
  }
}

/** Slack hands over what was typed as it stands, so `@ana` names nobody for sure: a picker does. */
async function ownerPage(bot: Bot, caller: Caller, typed: string): Promise<Drawn> {
  const person = personIn(typed);
  if (person && 'id' in person) return listPage(bot, caller, query({ kind: 'owner', who: person.id }));
  if (person?.handle.includes('@')) {
    return listPage(bot, caller, query({ kind: 'owner', who: person.handle.toLowerCase() }));
  }
  return drawPersonPicker(person?.handle);
}

function query(of: ListOf): ListQuery {
  return { of, standing: null, page: 0 };
}
