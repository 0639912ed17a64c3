import type { ActionsBlock } from '@slack/types';
import type { EscalatedAccount, FixedAccount, RemindedAccount, ReminderLetter } from '../../../domain/notification.ts';
import type { Listed } from '../../../domain/counted-list.ts';
import { CHECK_NOW } from '../status/account.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';
import {
  actions,
  type Block,
  button,
  context,
  type Drawn,
  day,
  divider,
  header,
  joined,
  type Markup,
  md,
  mention,
  moment,
  section,
  short,
} from '../shared/blocks.ts';
import { HOW_TO_FIX, howToFixButton } from '../remediation/remediation-guide.ts';
import { receiveButton } from '../tokens/token-request.ts';
import { counted, MFA } from '../shared/wording.ts';

export const SNOOZE = 'snooze-reminder';
export const NOT_MINE = 'not-mine';

/** So many have their own lines and buttons. */
const SHOWN = 8;
const OTHERS_SHOWN = 5;
const THANKED = 5;
const NAME_LENGTH = 50;
const SENTENCE_LENGTH = 200;

/** For somebody who never heard of any of it. */
const WHAT_THIS_IS =
  'Every AWS account has a *root user*, a sign-in that may do everything, even close the account. MFA is a second step there, so that a leaked password is not enough.';

/** Everything that is asked of one person today; once it is done, thanks. */
export function drawReminder(letter: ReminderLetter): Drawn {
  const { accounts, escalated, requests, fixed } = letter;
  if (accounts.count + escalated.count + requests.length === 0) return drawThanks(fixed);

  const title = titleOf(letter);
  const shown = accounts.items.slice(0, SHOWN);
  const more = accounts.count - shown.length;
  return {
    text: [
      `${title}.`,
      ...thanksLines(fixed),
      ...shown.map((one) => md`${one.name} (${one.id}): ${troubleOf(one)} ${one.nextStep}`.markup),
      ...(more > 0 ? [moreWords(more)] : []),
      ...escalated.items.map(({ name, id, why }) => md`No answer about ${name} (${id}): ${why}`.markup),
      ...requests.map((request) => requestWords(request).markup),
    ].join('\n'),
    blocks: [
      header(title),
      ...(accounts.count > 0 ? [section(introduction(letter))] : []),
      ...thanksBlocks(fixed),
      ...groupsOf(shown).flatMap(groupBlocks),
      ...(more > 0 ? [section(md`${moreWords(more)}`)] : []),
      ...requests.flatMap(requestBlocks),
      ...(escalated.count > 0 ? escalatedBlocks(escalated, accounts.count > 0) : []),
      ...(accounts.count > 0 ? [divider, ...footer(letter)] : []),
    ],
  };
}

function titleOf({ accounts, counts, escalated }: ReminderLetter): string {
  if (accounts.count === 0 && escalated.count === 0) return 'Your security key';
  if (accounts.count === 0) return `${counted(escalated.count, 'AWS account')} could use your help`;
  if (counts.owned <= 1) return 'Your AWS account needs a few minutes of yours';
  return `${accounts.count} of your ${counts.owned} AWS accounts ${accounts.count === 1 ? 'needs' : 'need'} you`;
}

function introduction({ accounts, earlier = 0 }: ReminderLetter): Markup {
  const one = accounts.count === 1;
  if (earlier > 0) {
    return md`Hello again! ${one ? 'This one is' : 'These are'} still open. *How to fix* shows each step, and it does not take long.`;
  }
  return joined(
    [
      md`Hello! `,
      { markup: WHAT_THIS_IS },
      md` I watch over it for our company, and you are named as the person who answers for ${one ? 'this account' : 'these accounts'}.`,
    ],
    '',
  );
}

/** Accounts with the same trouble and the same way out, so that both are said once. */
interface Group {
  readonly trouble: string;
  readonly nextStep: string;
  readonly accounts: RemindedAccount[];
}

/** What is wrong, for somebody who knows of no levels; where there are no plainer words, the verdict's own. */
function troubleOf({ mfa, level, why }: RemindedAccount): string {
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

function groupsOf(accounts: readonly RemindedAccount[]): Group[] {
  const groups: Group[] = [];
  for (const account of accounts) {
    const { nextStep } = account;
    const trouble = troubleOf(account);
    const same = groups.find((one) => one.trouble === trouble && one.nextStep === nextStep);
    if (same) same.accounts.push(account);
    else groups.push({ trouble, nextStep, accounts: [account] });
  }
  return groups;
}

function groupBlocks({ trouble, nextStep, accounts }: Group, _n: number, groups: readonly Group[]): Block[] {
  const what = md`${short(trouble, SENTENCE_LENGTH)}`;
  const step = md`:point_right: ${short(nextStep, SENTENCE_LENGTH)}`;
  const [first, ...others] = accounts;
  if (first && others.length === 0) {
    const style = groups.length === 1 ? 'primary' : undefined;
    return [section(joined([nameOf(first), what, step], '\n')), accountButtons(first, style)];
  }
  return [
    section(joined([md`*${counted(accounts.length, 'account')}:* ${what}`, step], '\n')),
    ...accounts.flatMap((account) => [section(nameOf(account)), accountButtons(account)]),
  ];
}

function nameOf({ id, name, managementAccount, since, regressed }: RemindedAccount): Markup {
  return joined(
    [
      md`:red_circle: *${short(name, NAME_LENGTH)}*  ${id}`,
      ...(managementAccount ? [md`*the management account*`] : []),
      joined([regressed ? md`*lost its MFA* ` : md`since `, day(new Date(since))], ''),
    ],
    '  ·  ',
  );
}

function accountButtons({ id, name }: RemindedAccount, style?: 'primary'): ActionsBlock {
  return actions(
    { ...howToFixButton(id, style), accessibility_label: short(`How to fix ${name}`, 75) },
    button(CHECK_NOW, 'Check now', { value: id, describe: `Check ${name} now` }),
  );
}

function moreWords(more: number): string {
  return `… and ${more} more. See all of them with /mfa-status mine`;
}

function requestWords({ to, accounts }: ReminderLetter['requests'][number]): Markup {
  const names = md`*${accounts
    .map(({ name }) => short(name, NAME_LENGTH))
    .slice(0, 3)
    .join(', ')}*`;
  return to === 'confirm-receipt'
    ? joined([md`:package: Has the key for `, names, md` arrived?`], '')
    : joined([md`:key: You have the key for `, names, md`. Register it, and it is done.`], '');
}

function requestBlocks(request: ReminderLetter['requests'][number]): Block[] {
  const [account] = request.accounts;
  const act =
    request.to === 'confirm-receipt'
      ? receiveButton(request.requestId)
      : account && button(HOW_TO_FIX, 'Show me how', { value: account.id });
  return [section(requestWords(request), act)];
}

function escalatedBlocks({ count, items }: Listed<EscalatedAccount>, besideOwn: boolean): Block[] {
  const shown = items.slice(0, OTHERS_SHOWN);
  const more = count - shown.length;
  return [
    ...(besideOwn ? [divider] : []),
    section(
      md`*Could you help with ${count === 1 ? 'this one' : 'these'}?* The owner has heard from me several times and may be busy, or not the right person any more. A word from you helps more than another reminder from me.`,
    ),
    ...shown.map(({ id, name, owner, mfa, since, timesReminded }) =>
      section(
        joined(
          [
            md`*${short(name, NAME_LENGTH)}*  ${id}  ·  ${MFA[mfa]}`,
            joined(
              [
                mention(owner),
                md`, reminded ${counted(timesReminded, 'time')}, since `,
                day(new Date(since)),
              ],
              '',
            ),
          ],
          '\n',
        ),
        button(OPEN_ACCOUNT, 'Open', { value: id, describe: `Open ${name}` }),
      ),
    ),
    ...(more > 0 ? [context(md`… and ${more} more: \`/mfa-status failing\``)] : []),
  ];
}

function footer(letter: ReminderLetter): Block[] {
  const { accounts, snoozedUntil, snoozesLeft, snoozeDays, earlier = 0, last = false } = letter;
  const notMine = button(NOT_MINE, accounts.count === 1 ? 'Not mine…' : 'One is not mine…');
  const stops = joined(
    [
      md`Once it is fixed I see it by myself, and stop.`,
      ...(last
        ? [md`*This is my last reminder:* if it stays open, I look for somebody who can help you.`]
        : []),
      ...(earlier > 0 ? [{ markup: WHAT_THIS_IS }] : []),
    ],
    ' ',
  );
  if (snoozedUntil !== undefined) {
    const until = moment(new Date(snoozedUntil), '{date_long_pretty}');
    return [actions(notMine), context(joined([md`:zzz: Put off. I come back `, until, md`. ${stops}`], ''))];
  }
  if (snoozesLeft === 0) {
    return [
      actions(notMine),
      context(
        md`This was put off as often as it can be. If it cannot be fixed now, ask for an exemption: you find it under *How to fix*. ${stops}`,
      ),
    ];
  }
  const often = snoozesLeft === 1 ? 'once more' : snoozesLeft === 2 ? 'twice' : `${snoozesLeft} times`;
  const days = snoozeDays === undefined ? 'a while' : counted(snoozeDays, 'day');
  return [
    actions(button(SNOOZE, 'Remind me later'), notMine),
    context(
      md`*Remind me later* gives you ${days} of peace; you can do that ${often}. *Not mine*: tell me, and I ask your security team who else it may be. ${stops}`,
    ),
  ];
}

/** Nothing is left to do. */
function drawThanks(fixed: readonly FixedAccount[]): Drawn {
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
  const more = fixed.length - THANKED;
  return [
    section(
      joined(
        [...fixed.slice(0, THANKED).map(thanksLine), ...(more > 0 ? [md`… and ${more} more`] : [])],
        '\n',
      ),
    ),
  ];
}

export function thanksLines(fixed: readonly FixedAccount[]): string[] {
  return fixed.slice(0, THANKED).map((account) => thanksLine(account).markup);
}

function thanksLine({ name, id, mfa }: FixedAccount): Markup {
  return md`:white_check_mark: *${short(name, NAME_LENGTH)}*  ${id}: ${FIXED[mfa] ?? 'fixed'}. Thank you.`;
}

const FIXED: Partial<Record<FixedAccount['mfa'], string>> = {
  virtual: 'root has an authenticator app now',
  fido: 'root has a security key now',
  hardware: 'root has a hardware token now',
  non_virtual: 'root has hardware MFA now',
  no_credentials: 'nobody can sign in as root any more',
  no_password: 'nobody can sign in as root any more',
};
