import type { Button } from '@slack/types';
import type { AccountId } from '../../../domain/account.ts';
import type { ExemptionNewsLetter, ExemptionRequestLetter } from '../../../domain/notification.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Viewer } from '../../visibility.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';
import {
  actions,
  type Block,
  button,
  type Drawn,
  joined,
  label,
  type Markup,
  type Modal,
  md,
  mention,
  plain,
  section,
  short,
} from '../shared/blocks.ts';
import { calendarDay } from '../shared/wording.ts';

export const ASK_EXEMPTION = 'ask-exemption';
export const GRANT_EXEMPTION = 'grant-exemption';
export const DECLINE_EXEMPTION = 'decline-exemption';
export const WITHDRAW_EXEMPTION = 'withdraw-exemption';
export const END_EXEMPTION = 'end-exemption';
export const EXEMPTION_FORM = 'exemption-form';
export const DECLINE_FORM = 'decline-exemption-form';

/** The inputs of the forms. */
export const REASON = 'reason';
export const MEANWHILE = 'meanwhile';
export const LAST_DAY = 'last-day';

/** Escaped, a character may become five, and a section takes 3,000. */
const MOST_WORDS = 500;
const NAME_LENGTH = 60;

/** Leads to the form; for those who may ask, where there is something to ask for. */
export function askExemptionButtons(
  { account, standing, exemption }: AccountView,
  { admin, owner }: Viewer,
): Button[] {
  if (standing !== 'unmet' || exemption !== null || !(admin || owner)) return [];
  return [button(ASK_EXEMPTION, 'Ask for an exemption', { value: account.id })];
}

/** The exemption of an account, where it has one, with what this reader may do about it. */
export function exemptionBlocks({ exemption, leaveUntil, standing }: AccountView, viewer: Viewer): Block[] {
  if (!exemption || leaveUntil === undefined) return [];
  const { id, askedBy, reason, compensatingControl } = exemption;
  const until = calendarDay(leaveUntil);
  const mine = viewer.id === askedBy;

  const headline =
    exemption.state === 'asked'
      ? md`:hourglass: *An exemption until ${until} is asked for* by ${mention(askedBy)}. Nobody has decided yet.`
      : standing === 'exempt'
        ? md`:large_yellow_circle: *Exempt until ${until}*, granted by ${mention(exemption.decidedBy)}.`
        : md`:large_yellow_circle: An exemption until ${until} is in force, but not needed now.`;
  const buttons =
    exemption.state === 'asked'
      ? [
          ...(viewer.admin && !mine ? decisionButtons(id) : []),
          ...(mine ? [button(WITHDRAW_EXEMPTION, 'Take the question back', { value: id })] : []),
        ]
      : viewer.admin || mine
        ? [endButton(id, until)]
        : [];
  return [
    section(headline),
    ...reasons(reason, compensatingControl).map((words) => section(words)),
    ...(buttons.length > 0 ? [actions(...buttons)] : []),
  ];
}

/** What is asked of somebody who asks for leave. */
export function drawExemptionForm(
  { account }: AccountView,
  { latestDay, initialDay }: { readonly latestDay: string; readonly initialDay: string },
): Modal {
  return {
    type: 'modal',
    callback_id: EXEMPTION_FORM,
    private_metadata: account.id,
    title: label('Ask for an exemption'),
    submit: label('Ask'),
    close: label('Cancel'),
    blocks: [
      section(
        md`Until the day you choose, *${short(account.name, NAME_LENGTH)}* may fall short. An admin decides, and I tell you in a direct message.`,
      ),
      {
        type: 'input',
        block_id: REASON,
        label: label('Why can it not be fixed now?'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:reason',
          multiline: true,
          max_length: MOST_WORDS,
          placeholder: label('The key is ordered and comes in two weeks'),
        },
      },
      {
        type: 'input',
        block_id: MEANWHILE,
        optional: true,
        label: label('What protects the account meanwhile?'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:meanwhile',
          multiline: true,
          max_length: MOST_WORDS,
          placeholder: label('The password lies in the safe, and two people must open it'),
        },
      },
      {
        type: 'input',
        block_id: LAST_DAY,
        label: label('Last day'),
        hint: plain(
          `At the latest ${calendarDay(latestDay)}. It ends by itself; a week before you are told.`,
        ),
        element: { type: 'datepicker', action_id: 'form:last-day', initial_date: initialDay },
      },
    ],
  };
}

/** What is asked of an admin who says no. */
export function drawDeclineForm(exemptionId: string, accountName: string): Modal {
  return {
    type: 'modal',
    callback_id: DECLINE_FORM,
    private_metadata: exemptionId,
    title: label('Decline'),
    submit: label('Decline'),
    close: label('Cancel'),
    blocks: [
      section(md`No exemption for *${short(accountName, NAME_LENGTH)}*. Whoever asked reads your reason.`),
      {
        type: 'input',
        block_id: REASON,
        label: label('Why not?'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:reason',
          multiline: true,
          max_length: MOST_WORDS,
          placeholder: label('Spare keys are in the office: please take one'),
        },
      },
    ],
  };
}

/** The question in the channel of those who decide, and what became of it. */
export function drawExemptionRequest(letter: ExemptionRequestLetter): Drawn {
  const { exemptionId, account, askedBy, reason, compensatingControl, state, decidedBy, decisionNote } =
    letter;
  const until = calendarDay(letter.lastDay);
  const name = short(account.name, NAME_LENGTH);
  const headline = md`*An exemption until ${until}* for *${name}* (${account.id}) is asked for by ${mention(askedBy)}.`;
  const by = decidedBy ? mention(decidedBy) : md`an admin`;
  const note = decisionNote ? md` ${short(decisionNote, MOST_WORDS)}` : md``;
  const outcome = {
    asked: undefined,
    granted: md`:white_check_mark: Granted until ${until} by ${by}.${note}`,
    declined: md`:no_entry_sign: Declined by ${by}.${note}`,
    withdrawn: md`:leftwards_arrow_with_hook: Closed without an answer.`,
    revoked: md`:no_entry_sign: Granted by ${by}, and ended early.`,
    ended: md`:checkered_flag: It was granted by ${by}, and ended on ${until}.`,
  }[state];

  const words = [headline, ...reasons(reason, compensatingControl), ...(outcome ? [outcome] : [])];
  return {
    text: words.map(({ markup }) => markup).join('\n'),
    blocks: [
      ...words.map((one) => section(one)),
      actions(...(state === 'asked' ? decisionButtons(exemptionId) : []), openButton(account)),
    ],
  };
}

/** News for whoever asked. */
export function drawExemptionNews({ news, account, lastDay, by, note }: ExemptionNewsLetter): Drawn {
  const until = calendarDay(lastDay);
  const name = md`*${short(account.name, NAME_LENGTH)}*`;
  const who = by ? mention(by) : md`An admin`;
  const why = note ? md`*Why:* ${short(note, MOST_WORDS)}` : undefined;
  const words = {
    granted: md`:white_check_mark: ${who} granted the exemption for ${name} until ${until}. It ends by itself; a week before I remind you.`,
    declined: md`:no_entry_sign: ${who} declined the exemption for ${name}.`,
    revoked: md`:no_entry_sign: ${who} ended the exemption for ${name} early. The account falls short again.`,
    ending: md`:hourglass: The exemption for ${name} ends on ${until}. Then the account falls short again, unless it is fixed by then.`,
    ended: md`:checkered_flag: The exemption for ${name} is over. The account falls short again.`,
    unanswered: md`:hourglass: Nobody decided about the exemption for ${name} before its last day, ${until}, so the question is closed. You may ask again.`,
  }[news];
  const all = why ? [words, why] : [words];
  return {
    text: joined(all, '\n').markup,
    blocks: [...all.map((one) => section(one)), actions(openButton(account))],
  };
}

/** Grant and decline. */
export function decisionButtons(exemptionId: string): Button[] {
  return [
    button(GRANT_EXEMPTION, 'Grant', { value: exemptionId, style: 'primary' }),
    button(DECLINE_EXEMPTION, 'Decline…', { value: exemptionId }),
  ];
}

function endButton(exemptionId: string, until: string): Button {
  return {
    ...button(END_EXEMPTION, 'End the exemption', { value: exemptionId }),
    confirm: {
      title: label('End the exemption?'),
      text: plain(`It holds until ${until}. Ended now, the account falls short again at once.`, 300),
      confirm: label('End it'),
      deny: label('Keep it'),
      style: 'danger',
    },
  };
}

function openButton({ id, name }: { readonly id: AccountId; readonly name: string }): Button {
  return button(OPEN_ACCOUNT, 'Open the account', { value: id, describe: `Open ${name}` });
}

function reasons(reason: string, compensatingControl: string | null): Markup[] {
  return [
    md`*Why:* ${short(reason, MOST_WORDS)}`,
    ...(compensatingControl ? [md`*Meanwhile:* ${short(compensatingControl, MOST_WORDS)}`] : []),
  ];
}
