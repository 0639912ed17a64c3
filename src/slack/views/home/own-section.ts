import type { Button } from '@slack/types';
import type { Config } from '../../../config/config.ts';
import type { AccountId } from '../../../domain/account.ts';
import { coverageOf } from '../../../domain/coverage.ts';
import type { TokenRequestLetter } from '../../../domain/notification.ts';
import { rootKeyIn } from '../../../domain/remediation.ts';
import { UNREAD_REASONS, unreadReason } from '../../../domain/unknown-reason.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { OwnReminders } from '../../../usecases/reminders/read-own-reminders.ts';
import type { CompanyStatus } from '../../../usecases/shared/read-accounts.ts';
import { CHECK_NOW } from '../status/account.ts';
import { accountName, OPEN_ACCOUNT } from '../status/account-list.ts';
import {
  actions,
  type Block,
  button,
  context,
  day,
  header,
  joined,
  type Markup,
  md,
  mention,
  section,
  short,
} from '../shared/blocks.ts';
import { standingLine } from '../status/company-status.ts';
import { reminderBlocks } from './reminder-section.ts';
import { ownRequestBlocks } from './own-requests-section.ts';
import { howToFixButton } from '../remediation/remediation-guide.ts';
import { tokenPart } from '../tokens/token-button.ts';
import { howMany, TOKEN_STATE } from '../tokens/token-text.ts';
import { calendarDay, counted, MFA } from '../shared/wording.ts';

/** What somebody answers for. */
export interface OwnHome {
  /** Worst first. */
  readonly accounts: readonly AccountView[];
  /** What to do first about those at the top that fall short. */
  readonly firstSteps: ReadonlyMap<AccountId, string>;
  /** Their own that are open. */
  readonly requests: readonly TokenRequestLetter[];
  readonly reminders: OwnReminders;
}

export interface OwnSurroundings {
  readonly viewer: { readonly admin: boolean };
  readonly config: Pick<Config, 'tokens'>;
  readonly lastScan: CompanyStatus['lastScan'];
}

/** Slack takes a hundred blocks in a Home, and admins have the company in theirs as well. */
const SHOWN = { owner: { short: 12, others: 6 }, admin: { short: 5, others: 3 } } as const;
/** Those that are in order are named, as far as they fit into a paragraph. */
const NAMED = 10;
/** So few have a line each. */
const FEW = 3;
const NAME_LENGTH = 60;

/** For how many accounts a first step is worth finding. */
export const FIRST_STEPS = SHOWN.owner.short;

/** What somebody answers for, worst first, each with what to do; their keys; when they hear of it next. */
export function ownBlocks(own: OwnHome, { viewer, config, lastScan }: OwnSurroundings): Block[] {
  const { accounts, requests, reminders } = own;
  if (!lastScan) return notYet(viewer.admin);
  const rest = [...ownRequestBlocks(requests, viewer), ...reminderBlocks(reminders)];
  if (accounts.length === 0) return [...noAccounts(viewer.admin), ...rest];

  const most = viewer.admin ? SHOWN.admin : SHOWN.owner;
  const of = (pile: Pile) => accounts.filter((view) => pileOf(view) === pile);
  const failing = of('failing');
  const unknown = of('unknown');
  const leftovers = of('key-left');
  const excused = of('excused');

  return [
    header(accounts.length === 1 ? 'Your AWS account' : `Your AWS accounts · ${accounts.length}`),
    ...(failing.length > 0 && !viewer.admin ? [context(md`${WHAT_THIS_IS}`)] : []),
    ...(accounts.length > 1 ? [section(standingLine(coverageOf(accounts)))] : []),
    ...(failing.length + unknown.length + leftovers.length === 0 ? [section(allFine(excused.length))] : []),
    ...rows(failing, most.short, (view) =>
      failingRow(view, own.firstSteps.get(view.account.id), config, failing.length === 1),
    ),
    ...rows(unknown, most.others, unknownRow),
    ...rows(leftovers, most.others, leftoverRow),
    ...rows(excused, most.others, excusedRow),
    ...doneBlocks(of('done')),
    ...rest,
  ];
}

/** Accounts by what is to be said of them. */
type Pile = 'failing' | 'unknown' | 'key-left' | 'excused' | 'done';

function pileOf(view: AccountView): Pile {
  const { standing, exemption } = view;
  if (standing === 'unmet') return 'failing';
  if (standing === 'unknown') return 'unknown';
  if (standing === 'exempt' || exemption !== null) return 'excused';
  return keyLeft(view) === undefined ? 'done' : 'key-left';
}

const WHAT_THIS_IS =
  'Every AWS account has a root user, a sign-in that may do everything. MFA is a second step there, so that a leaked password is not enough.';

function failingRow(
  view: AccountView,
  firstStep: string | undefined,
  config: Pick<Config, 'tokens'>,
  only: boolean,
): Block[] {
  const { account, exemption, leaveUntil, tokenRequest } = view;
  const { id, name } = account;
  const token = tokenPart(view, true, config);
  const notes = [
    ...(tokenRequest
      ? [
          md`${{ markup: TOKEN_STATE[tokenRequest.state].emoji }} ${howMany(tokenRequest.kind, tokenRequest.quantity)}: ${TOKEN_STATE[tokenRequest.state].name.toLowerCase()}`,
        ]
      : firstStep
        ? [md`:point_right: ${short(firstStep, 300)}`]
        : []),
    ...(exemption && leaveUntil
      ? [md`:hourglass: An exemption until ${calendarDay(leaveUntil)} is asked for. Nobody has decided yet.`]
      : []),
  ];
  return [
    section(joined([accountName(view), detail(view), ...notes], '\n')),
    actions(
      fixButton(view, only ? 'primary' : undefined),
      button(CHECK_NOW, 'Check now', { value: id, describe: `Check ${name} now` }),
      ...(token.button ? [token.button] : []),
    ),
  ];
}

function unknownRow(view: AccountView): Block[] {
  const { account } = view;
  const { says, who } = UNREAD_REASONS[unreadReason(account)];
  const whose = who === 'admin' ? ' This is for your security team to solve, not for you.' : '';
  const act =
    who === 'owner'
      ? fixButton(view)
      : button(CHECK_NOW, 'Check now', { value: account.id, describe: `Check ${account.name} now` });
  return [section(joined([accountName(view), md`${says}${whose}`], '\n'), act)];
}

function leftoverRow(view: AccountView): Block[] {
  const words = md`The sign-in is in order. But root still has ${keyLeft(view) ?? 'a key'}, which works without MFA.`;
  return [section(joined([accountName(view), words], '\n'), fixButton(view))];
}

function excusedRow(view: AccountView): Block[] {
  const { account, exemption, leaveUntil, standing } = view;
  const until = leaveUntil ? calendarDay(leaveUntil) : '';
  const words =
    exemption?.state === 'granted'
      ? standing === 'exempt'
        ? md`Exempt until ${until}, granted by ${mention(exemption.decidedBy)}. Then it falls short again.`
        : md`An exemption until ${until} is in force, but not needed now.`
      : md`An exemption until ${until} is asked for. Nobody has decided yet.`;
  const open = button(OPEN_ACCOUNT, 'Open', { value: account.id, describe: `Open ${account.name}` });
  return [section(joined([accountName(view), words], '\n'), open)];
}

/** `No MFA · asked: hardware · since Nov 1` */
function detail({ account, asked }: AccountView): Markup {
  const parts = [
    md`${account.verdict ? MFA[account.verdict.mfa] : 'Never read'}`,
    md`asked: ${asked.level === 2 ? 'hardware' : 'any MFA'}`,
    ...(account.since ? [joined([md`since `, day(account.since)], '')] : []),
    ...(account.managementAccount ? [md`*management account*`] : []),
  ];
  return joined(parts, ' · ');
}

function fixButton({ account }: AccountView, style?: 'primary'): Button {
  return {
    ...howToFixButton(account.id, style),
    accessibility_label: short(`How to fix ${account.name}`, 75),
  };
}

/** So many rows as there is room for; of the others it is said where they are. */
function rows(
  views: readonly AccountView[],
  most: number,
  row: (view: AccountView) => readonly Block[],
): Block[] {
  const more = views.length - most;
  return [
    ...views.slice(0, most).flatMap(row),
    ...(more > 0 ? [context(md`… and ${counted(more, 'more such account')}: \`/mfa-status mine\``)] : []),
  ];
}

function doneBlocks(done: readonly AccountView[]): Block[] {
  if (done.length === 0) return [];
  if (done.length <= FEW) {
    return [
      section(
        joined(
          done.map((view) =>
            joined([accountName(view), md`${MFA[view.account.verdict?.mfa ?? 'unknown']}`], ' · '),
          ),
          '\n',
        ),
      ),
    ];
  }
  const names = done.slice(0, NAMED).map(({ account }) => md`${short(account.name, NAME_LENGTH)}`);
  const more = done.length - names.length;
  const listed = joined([...names, ...(more > 0 ? [md`and ${more} more`] : [])], ', ');
  return [context(joined([md`Nothing to do for `, listed], ''))];
}

function allFine(excused: number): Markup {
  return excused > 0
    ? md`:white_check_mark: *Nothing to do now.* What falls short is excused for a time.`
    : md`:tada: *Nothing to do.* Thank you.`;
}

function noAccounts(admin: boolean): Block[] {
  return [
    header('Your AWS accounts'),
    section(
      admin
        ? md`No account names you as its owner.`
        : md`No account names you as its owner, so there is nothing to do here. Owners come from the account’s tags or its security contact; if one of them should be yours, tell your security team.`,
    ),
  ];
}

function notYet(admin: boolean): Block[] {
  // Admins are told above.
  if (admin) return [];
  return [
    header('Your AWS accounts'),
    section(
      md`:hourglass_flowing_sand: No scan has finished yet, so nothing is known. Please look again in a while.`,
    ),
  ];
}

function keyLeft({ account: { verdict, unread } }: AccountView): string | undefined {
  return verdict && unread === null ? rootKeyIn(verdict) : undefined;
}
