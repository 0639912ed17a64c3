import type { ActionsBlock } from '@slack/types';
import type { CountedList } from '../../../domain/counted-list.ts';
import type {
  EscalatedAccount,
  FixedAccount,
  RemindedAccount,
  ReminderNotification,
} from '../../../domain/notification.ts';
import { HOW_TO_FIX, howToFixButton } from '../remediation/remediation-guide.ts';
import {
  actions,
  type Block,
  button,
  context,
  divider,
  formatSlackDate,
  formatSlackDateTime,
  header,
  joinMarkup,
  type Markup,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { MFA_TEXT, pluralize } from '../shared/wording.ts';
import { CHECK_NOW } from '../status/account.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';
import { receiveButton } from '../tokens/token-request.ts';

export const SNOOZE = 'snooze-reminder';
export const DISOWN_ACCOUNT = 'not-mine';

/** So many have their own lines and buttons. */
const MAX_ACCOUNTS = 8;
const MAX_ESCALATED = 5;
const MAX_FIXED = 5;
const MAX_NAME_LENGTH = 50;
const MAX_SENTENCE_LENGTH = 200;

/** For somebody who never heard of any of it. */
const ROOT_MFA_EXPLANATION =
  'Every AWS account has a *root user*, a sign-in that may do everything, even close the account. MFA is a second step there, so that a leaked password is not enough.';

/** Everything that is asked of one person today; once it is done, thanks. */
export function renderReminder(notification: ReminderNotification): RenderedMessage {
  const { accounts, escalated, requests, fixed } = notification;
  if (accounts.count + escalated.count + requests.length === 0) return renderThanks(fixed);

  const title = reminderTitle(notification);
  const shown = accounts.items.slice(0, MAX_ACCOUNTS);
  const more = accounts.count - shown.length;
  return {
    text: [
      `${title}.`,
      ...thanksLines(fixed),
      ...shown.map((one) => md`${one.name} (${one.id}): ${problemOf(one)} ${one.nextStep}`.markup),
      ...(more > 0 ? [moreText(more)] : []),
      ...escalated.items.map(({ name, id, why }) => md`No answer about ${name} (${id}): ${why}`.markup),
      ...requests.map((request) => requestText(request).markup),
    ].join('\n'),
    blocks: [
      header(title),
      ...(accounts.count > 0 ? [section(introduction(notification))] : []),
      ...thanksBlocks(fixed),
      ...groupAccounts(shown).flatMap(groupBlocks),
      ...(more > 0 ? [section(md`${moreText(more)}`)] : []),
      ...requests.flatMap(requestBlocks),
      ...(escalated.count > 0 ? escalatedBlocks(escalated, accounts.count > 0) : []),
      ...(accounts.count > 0 ? [divider, ...footerBlocks(notification)] : []),
    ],
  };
}

function reminderTitle({ accounts, counts, escalated }: ReminderNotification): string {
  if (accounts.count === 0 && escalated.count === 0) return 'Your security key';
  if (accounts.count === 0) return `${pluralize(escalated.count, 'AWS account')} could use your help`;
  if (counts.owned <= 1) return 'Your AWS account needs a few minutes of yours';
  return `${accounts.count} of your ${counts.owned} AWS accounts ${accounts.count === 1 ? 'needs' : 'need'} you`;
}

function introduction({ accounts, earlier = 0 }: ReminderNotification): Markup {
  const one = accounts.count === 1;
  if (earlier > 0) {
    return md`Hello again! ${one ? 'This one is' : 'These are'} still open. *How to fix* shows each step, and it does not take long.`;
  }
  return joinMarkup(
    [
      md`Hello! `,
      { markup: ROOT_MFA_EXPLANATION },
      md` I watch over it for our company, and you are named as the person who answers for ${one ? 'this account' : 'these accounts'}.`,
    ],
    '',
  );
}

/** Accounts with the same trouble and the same way out, so that both are said once. */
interface Group {
  readonly problem: string;
  readonly nextStep: string;
  readonly accounts: RemindedAccount[];
}

/** What is wrong, for somebody who knows of no levels; where there are no plainer words, the verdict's own. */
function problemOf({ mfa, level, why }: RemindedAccount): string {
  switch (mfa) {
    case 'none':
      return 'No MFA is registered for its root user: whoever has the password is in.';
    case 'virtual':
      return level === 2
        ? 'Root signs in with an authenticator app, and this account should have hardware instead.'
        : why;
    case 'mixed':
      return 'Root has hardware MFA, but an authenticator app too, and either is enough to sign in.';
    default:
      return why;
  }
}

function groupAccounts(accounts: readonly RemindedAccount[]): Group[] {
  const groups: Group[] = [];
  for (const account of accounts) {
    const { nextStep } = account;
    const problem = problemOf(account);
    const same = groups.find((one) => one.problem === problem && one.nextStep === nextStep);
    if (same) same.accounts.push(account);
    else groups.push({ problem, nextStep, accounts: [account] });
  }
  return groups;
}

function groupBlocks({ problem, nextStep, accounts }: Group, _n: number, groups: readonly Group[]): Block[] {
  const what = md`${truncate(problem, MAX_SENTENCE_LENGTH)}`;
  const step = md`:point_right: ${truncate(nextStep, MAX_SENTENCE_LENGTH)}`;
  const [first, ...others] = accounts;
  if (first && others.length === 0) {
    const style = groups.length === 1 ? 'primary' : undefined;
    return [section(joinMarkup([accountHeading(first), what, step], '\n')), accountButtons(first, style)];
  }
  return [
    section(joinMarkup([md`*${pluralize(accounts.length, 'account')}:* ${what}`, step], '\n')),
    ...accounts.flatMap((account) => [section(accountHeading(account)), accountButtons(account)]),
  ];
}

function accountHeading({ id, name, managementAccount, since, regressed }: RemindedAccount): Markup {
  return joinMarkup(
    [
      md`:red_circle: *${truncate(name, MAX_NAME_LENGTH)}*  ${id}`,
      ...(managementAccount ? [md`*the management account*`] : []),
      joinMarkup([regressed ? md`*lost its MFA* ` : md`since `, formatSlackDate(new Date(since))], ''),
    ],
    '  ·  ',
  );
}

function accountButtons({ id, name }: RemindedAccount, style?: 'primary'): ActionsBlock {
  return actions(
    { ...howToFixButton(id, style), accessibility_label: truncate(`How to fix ${name}`, 75) },
    button(CHECK_NOW, 'Check now', { value: id, accessibilityLabel: `Check ${name} now` }),
  );
}

function moreText(more: number): string {
  return `… and ${more} more. See all of them with /mfa-status mine`;
}

function requestText({ to, accounts }: ReminderNotification['requests'][number]): Markup {
  const names = md`*${accounts
    .map(({ name }) => truncate(name, MAX_NAME_LENGTH))
    .slice(0, 3)
    .join(', ')}*`;
  return to === 'confirm-receipt'
    ? joinMarkup([md`:package: Has the key for `, names, md` arrived?`], '')
    : joinMarkup([md`:key: You have the key for `, names, md`. Register it, and it is done.`], '');
}

function requestBlocks(request: ReminderNotification['requests'][number]): Block[] {
  const [account] = request.accounts;
  const accessory =
    request.to === 'confirm-receipt'
      ? receiveButton(request.requestId)
      : account && button(HOW_TO_FIX, 'Show me how', { value: account.id });
  return [section(requestText(request), accessory)];
}

function escalatedBlocks({ count, items }: CountedList<EscalatedAccount>, hasOwnAccounts: boolean): Block[] {
  const shown = items.slice(0, MAX_ESCALATED);
  const more = count - shown.length;
  return [
    ...(hasOwnAccounts ? [divider] : []),
    section(
      md`*Could you help with ${count === 1 ? 'this one' : 'these'}?* The owner has heard from me several times and may be busy, or not the right person any more. A word from you helps more than another reminder from me.`,
    ),
    ...shown.map(({ id, name, owner, mfa, since, timesReminded }) =>
      section(
        joinMarkup(
          [
            md`*${truncate(name, MAX_NAME_LENGTH)}*  ${id}  ·  ${MFA_TEXT[mfa]}`,
            joinMarkup(
              [
                mention(owner),
                md`, reminded ${pluralize(timesReminded, 'time')}, since `,
                formatSlackDate(new Date(since)),
              ],
              '',
            ),
          ],
          '\n',
        ),
        button(OPEN_ACCOUNT, 'Open', { value: id, accessibilityLabel: `Open ${name}` }),
      ),
    ),
    ...(more > 0 ? [context(md`… and ${more} more: \`/mfa-status failing\``)] : []),
  ];
}

function footerBlocks(notification: ReminderNotification): Block[] {
  const { accounts, snoozedUntil, snoozesLeft, snoozeDays, earlier = 0, last = false } = notification;
  const notMine = button(DISOWN_ACCOUNT, accounts.count === 1 ? 'Not mine…' : 'One is not mine…');
  const footnote = joinMarkup(
    [
      md`Once it is fixed I see it by myself, and stop.`,
      ...(last
        ? [md`*This is my last reminder:* if it stays open, I look for somebody who can help you.`]
        : []),
      ...(earlier > 0 ? [{ markup: ROOT_MFA_EXPLANATION }] : []),
    ],
    ' ',
  );
  if (snoozedUntil !== undefined) {
    const until = formatSlackDateTime(new Date(snoozedUntil), '{date_long_pretty}');
    return [
      actions(notMine),
      context(joinMarkup([md`:zzz: Put off. I come back `, until, md`. ${footnote}`], '')),
    ];
  }
  if (snoozesLeft === 0) {
    return [
      actions(notMine),
      context(
        md`This was put off as often as it can be. If it cannot be fixed now, ask for an exemption: you find it under *How to fix*. ${footnote}`,
      ),
    ];
  }
  const snoozeCountText =
    snoozesLeft === 1 ? 'once more' : snoozesLeft === 2 ? 'twice' : `${snoozesLeft} times`;
  const days = snoozeDays === undefined ? 'a while' : pluralize(snoozeDays, 'day');
  return [
    actions(button(SNOOZE, 'Remind me later'), notMine),
    context(
      md`*Remind me later* gives you ${days} of peace; you can do that ${snoozeCountText}. *Not mine*: tell me, and I ask your security team who else it may be. ${footnote}`,
    ),
  ];
}

/** Nothing is left to do. */
function renderThanks(fixed: readonly FixedAccount[]): RenderedMessage {
  if (fixed.length === 0) {
    const words = 'Nothing is left to do here. Thank you.';
    return { text: words, blocks: [section(md`${words}`)] };
  }
  const title = fixed.length === 1 ? 'Done. Thank you!' : 'All done. Thank you!';
  return {
    text: [title, ...thanksLines(fixed)].join('\n'),
    blocks: [header(title), ...thanksBlocks(fixed), context(md`I will not come back to this.`)],
  };
}

/** Thanks for what was fixed since the letter was sent. */
export function thanksBlocks(fixed: readonly FixedAccount[]): Block[] {
  if (fixed.length === 0) return [];
  const more = fixed.length - MAX_FIXED;
  return [
    section(
      joinMarkup(
        [...fixed.slice(0, MAX_FIXED).map(thanksLine), ...(more > 0 ? [md`… and ${more} more`] : [])],
        '\n',
      ),
    ),
  ];
}

export function thanksLines(fixed: readonly FixedAccount[]): string[] {
  return fixed.slice(0, MAX_FIXED).map((account) => thanksLine(account).markup);
}

function thanksLine({ name, id, mfa }: FixedAccount): Markup {
  return md`:white_check_mark: *${truncate(name, MAX_NAME_LENGTH)}*  ${id}: ${FIXED_TEXT[mfa] ?? 'fixed'}. Thank you.`;
}

const FIXED_TEXT: Partial<Record<FixedAccount['mfa'], string>> = {
  virtual: 'root has an authenticator app now',
  fido: 'root has a security key now',
  hardware: 'root has a hardware token now',
  non_virtual: 'root has hardware MFA now',
  no_credentials: 'nobody can sign in as root any more',
  no_password: 'nobody can sign in as root any more',
};
