import type { ActionsBlock } from '@slack/types';
import { formatCalendarDay } from '../../../domain/calendar.ts';
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
import { SECOND_KEY_LATER } from '../tokens/second-key.ts';
import { receiveButton } from '../tokens/token-request.ts';

export const SNOOZE = 'snooze-reminder';
export const DISOWN_ACCOUNT = 'not-mine';

/** Up to this many accounts get their own row and buttons. */
const MAX_ACCOUNTS = 8;
const MAX_ESCALATED = 5;
const MAX_FIXED = 5;
const MAX_NAME_LENGTH = 50;
/** A day that is further away needs no count. */
const MAX_DAYS_COUNTED = 28;
const MAX_SENTENCE_LENGTH = 200;

/** For a reader who is new to the subject. */
const ROOT_MFA_EXPLANATION =
  'Every AWS account has a *root user* that can do everything, even close the account. MFA adds a second step to its sign-in, so that a stolen password is not enough.';

/** Renders what one person must do today, and thanks once it is done. */
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
      ...shown.map(
        (one) =>
          md`${one.name} (${one.id})${one.due ? md`, ${dueText(one.due)}` : ''}: ${problemOf(one)}${one.rootCredential ? ` ${credentialText(one.rootCredential)}` : ''} ${one.nextStep}`
            .markup,
      ),
      ...(more > 0 ? [moreText(more)] : []),
      ...escalated.items.map(
        ({ name, id, why, due }) =>
          md`No answer from the owner of ${name} (${id})${due ? md`, ${dueText(due)}` : ''}: ${why}`.markup,
      ),
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
  if (accounts.count === 0)
    return `${pluralize(escalated.count, 'AWS account')} ${escalated.count === 1 ? 'needs' : 'need'} your help`;
  if (counts.owned <= 1) return `Your AWS account ${neededText(accounts.items)}`;
  return `${accounts.count} of your ${counts.owned} AWS accounts ${accounts.count === 1 ? 'needs' : 'need'} attention`;
}

/** Returns what the accounts need: one that requires hardware can have an app already. */
function neededText(accounts: readonly RemindedAccount[]): string {
  if (accounts.every(({ credentialsForbidden }) => credentialsForbidden)) {
    return 'must have no root credentials';
  }
  const needsHardware = accounts.every(({ level, mfa }) => level === 2 && mfa !== 'none');
  return `needs ${needsHardware ? 'hardware MFA' : 'MFA'} on its root user`;
}

function introduction({ accounts, earlier = 0 }: ReminderNotification): Markup {
  const one = accounts.count === 1;
  if (earlier > 0) {
    const text = md`Hello again! ${one ? 'This account is' : 'These accounts are'} still non-compliant. *How to fix* shows the steps. It does not take long.`;
    return joinMarkup([text, ...escalatedNote(accounts.items)], '\n');
  }
  return joinMarkup(
    [
      md`Hello! `,
      { markup: ROOT_MFA_EXPLANATION },
      md` I check this for our company, and you are listed as the owner of ${one ? 'this account' : 'these accounts'}.`,
    ],
    '',
  );
}

/** Accounts with the same problem and the same next step, so that each is said once. */
interface Group {
  readonly problem: string;
  readonly nextStep: string;
  readonly accounts: RemindedAccount[];
}

/** Returns the problem in plain words, without levels; otherwise the verdict's own sentence. */
function problemOf({ mfa, level, credentialsForbidden, why }: RemindedAccount): string {
  if (credentialsForbidden) return `Policy allows no root credentials in this account. ${why}`;
  switch (mfa) {
    case 'none':
      return 'Its root user has no MFA: anyone with the password can sign in.';
    case 'virtual':
      return level === 2
        ? 'Root signs in with an authenticator app, but this account requires hardware MFA.'
        : why;
    case 'mixed':
      return 'Root has hardware MFA and an authenticator app, and either is enough to sign in.';
    default:
      return why;
  }
}

function credentialText(credential: NonNullable<RemindedAccount['rootCredential']>): string {
  return `Root also has ${credential}, which works without MFA: delete it, too.`;
}

function groupAccounts(accounts: readonly RemindedAccount[]): Group[] {
  const groups: Group[] = [];
  for (const account of accounts) {
    const { nextStep } = account;
    const problem = problemOf(account);
    const same = groups.find(
      (one) =>
        one.problem === problem &&
        one.nextStep === nextStep &&
        one.accounts[0]?.rootCredential === account.rootCredential,
    );
    if (same) same.accounts.push(account);
    else groups.push({ problem, nextStep, accounts: [account] });
  }
  return groups;
}

function groupBlocks({ problem, nextStep, accounts }: Group, _n: number, groups: readonly Group[]): Block[] {
  const [{ rootCredential } = {}] = accounts;
  const what = joinMarkup(
    [
      md`${truncate(problem, MAX_SENTENCE_LENGTH)}`,
      ...(rootCredential ? [md`${credentialText(rootCredential)}`] : []),
    ],
    ' ',
  );
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

function accountHeading({
  id,
  name,
  managementAccount,
  mfa,
  since,
  regressed,
  due,
}: RemindedAccount): Markup {
  const mark = mfa === 'none' ? ':red_circle:' : ':large_orange_circle:';
  return joinMarkup(
    [
      md`${{ markup: mark }} *${truncate(name, MAX_NAME_LENGTH)}*  ${id}`,
      ...(managementAccount ? [md`*management account*`] : []),
      joinMarkup([regressed ? md`*MFA removed* ` : md`since `, formatSlackDate(new Date(since))], ''),
      ...(due ? [dueText(due)] : []),
    ],
    '  ·  ',
  );
}

/** Returns `due Mar 31, 2027, in 12 days (Production on hardware)`. */
export function dueText({ name, by, daysLeft }: NonNullable<RemindedAccount['due']>): Markup {
  const target = md`(${truncate(name, MAX_NAME_LENGTH)})`;
  const day = formatCalendarDay(by);
  if (daysLeft < 0) return md`*overdue since ${day}* ${target}`;
  if (daysLeft === 0) return md`*due today, ${day}* ${target}`;
  const left = daysLeft <= MAX_DAYS_COUNTED ? `, in ${pluralize(daysLeft, 'day')}` : '';
  return md`*due ${day}${left}* ${target}`;
}

function accountButtons({ id, name }: RemindedAccount, style?: 'primary'): ActionsBlock {
  return actions(
    { ...howToFixButton(id, style), accessibility_label: truncate(`How to fix ${name}`, 75) },
    button(CHECK_NOW, 'Check now', { value: id, accessibilityLabel: `Check ${name} now` }),
  );
}

function moreText(more: number): string {
  return `… and ${more} more. To see them all: /mfa-status mine`;
}

function requestText({ to, accounts, expectedOn }: ReminderNotification['requests'][number]): Markup {
  const names = md`*${accounts
    .map(({ name }) => truncate(name, MAX_NAME_LENGTH))
    .slice(0, 3)
    .join(', ')}*`;
  switch (to) {
    case 'confirm-receipt':
      return expectedOn === undefined
        ? joinMarkup([md`:package: Has the key for `, names, md` arrived?`], '')
        : joinMarkup(
            [
              md`:package: The key for `,
              names,
              md` should have arrived by ${formatCalendarDay(expectedOn)}. Has it?`,
            ],
            '',
          );
    case 'enrol':
      return joinMarkup([md`:key: You have the key for `, names, md`. Please register it.`], '');
    case 'second-key':
      return joinMarkup(
        [md`:closed_lock_with_key: Register the second key for `, names, md`, then store it elsewhere.`],
        '',
      );
  }
}

function requestBlocks(request: ReminderNotification['requests'][number]): Block[] {
  const [account] = request.accounts;
  switch (request.to) {
    case 'confirm-receipt':
      return [section(requestText(request), receiveButton(request.requestId))];
    case 'enrol': {
      const steps = account && button(HOW_TO_FIX, 'Show the steps', { value: account.id });
      return [section(requestText(request), steps)];
    }
    case 'second-key':
      return [
        section(
          requestText(request),
          button(SECOND_KEY_LATER, 'The spare is for later', { value: request.requestId }),
        ),
      ];
  }
}

function escalatedBlocks({ count, items }: CountedList<EscalatedAccount>, hasOwnAccounts: boolean): Block[] {
  const shown = items.slice(0, MAX_ESCALATED);
  const more = count - shown.length;
  return [
    ...(hasOwnAccounts ? [divider] : []),
    section(
      md`*Can you help with ${count === 1 ? 'this account' : 'these accounts'}?* I reminded the ${count === 1 ? 'owner' : 'owners'}, asked in the security channel, and got no answer. Please talk to them: that helps more than another reminder.`,
    ),
    ...shown.map(({ id, name, owner, mfa, since, timesReminded, due }) =>
      section(
        joinMarkup(
          [
            md`*${truncate(name, MAX_NAME_LENGTH)}*  ${id}  ·  ${MFA_TEXT[mfa]}`,
            joinMarkup(
              [
                mention(owner),
                md`, reminded ${pluralize(timesReminded, 'time')}, since `,
                formatSlackDate(new Date(since)),
                ...(due ? [md`  ·  `, dueText(due)] : []),
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

/** Returns since when others were asked to help; nothing before that. */
function escalatedNote(accounts: readonly RemindedAccount[]): Markup[] {
  const since = accounts.flatMap(({ escalatedSince }) => escalatedSince ?? []).sort()[0];
  if (since === undefined) return [];
  return [
    joinMarkup(
      [
        md`*I got no answer, so I asked the security team to help you on `,
        formatSlackDate(new Date(since)),
        md`.* I’ll keep reminding you, less often, until it is fixed.`,
      ],
      '',
    ),
  ];
}

function footerBlocks(notification: ReminderNotification): Block[] {
  const { accounts, snoozedUntil, snoozesLeft, snoozeDays, earlier = 0, last = false } = notification;
  const notMine = button(DISOWN_ACCOUNT, accounts.count === 1 ? 'Not mine…' : 'One is not mine…');
  const footnote = joinMarkup(
    [
      md`Once it is fixed, I’ll notice and stop.`,
      ...(last ? [md`*If this stays open, I will ask the security team to help you.*`] : []),
      ...(earlier > 0 ? [{ markup: ROOT_MFA_EXPLANATION }] : []),
    ],
    ' ',
  );
  if (snoozedUntil !== undefined) {
    const until = formatSlackDateTime(new Date(snoozedUntil), '{date_long_pretty}');
    return [
      actions(notMine),
      context(joinMarkup([md`:zzz: Snoozed. I’ll remind you on `, until, md`. ${footnote}`], '')),
    ];
  }
  if (notification.onlyMfaRemoved) {
    return [actions(notMine), context(md`MFA was removed, so this cannot be snoozed. ${footnote}`)];
  }
  if (snoozesLeft === 0) {
    return [
      actions(notMine),
      context(
        md`You have no snoozes left. If you cannot fix it now, request an exemption under *How to fix*. ${footnote}`,
      ),
    ];
  }
  const snoozeCountText = snoozesLeft === 1 ? 'once' : snoozesLeft === 2 ? 'twice' : `${snoozesLeft} times`;
  const days = snoozeDays === undefined ? 'a while' : pluralize(snoozeDays, 'day');
  return [
    actions(button(SNOOZE, 'Remind me later'), notMine),
    context(
      md`*Remind me later* snoozes this for ${days}; you can snooze ${snoozeCountText}. *Not mine* tells your security team to find the right owner. ${footnote}`,
    ),
  ];
}

/** Renders the reminder when nothing is left to do. */
function renderThanks(fixed: readonly FixedAccount[]): RenderedMessage {
  if (fixed.length === 0) {
    const words = 'Nothing left to do here. Thank you.';
    return { text: words, blocks: [section(md`${words}`)] };
  }
  const title = fixed.length === 1 ? 'Done. Thank you!' : 'All done. Thank you!';
  return {
    text: [title, ...thanksLines(fixed)].join('\n'),
    blocks: [header(title), ...thanksBlocks(fixed), context(md`You will get no more reminders about this.`)],
  };
}

/** Renders thanks for what was fixed since the message was sent. */
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
  no_credentials: 'no one can sign in as root anymore',
  no_password: 'no one can sign in as root anymore',
};
