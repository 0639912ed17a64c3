import type { Button } from '@slack/types';
import { formatCalendarDay } from '../../../domain/calendar.ts';
import type { MfaRemovalNotification, ShownMfaRemoval } from '../../../domain/notification.ts';
import { howToFixButton } from '../remediation/remediation-guide.ts';
import {
  actions,
  button,
  context,
  formatSlackDateTime,
  joinMarkup,
  label,
  type Markup,
  type Modal,
  md,
  mention,
  plainTextElement,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { lowerFirst, MFA_TEXT } from '../shared/wording.ts';

export const CONFIRM_MFA_REMOVAL = 'confirm-mfa-removal';
export const DENY_MFA_REMOVAL = 'deny-mfa-removal';
export const ACKNOWLEDGE_MFA_REMOVAL = 'acknowledge-mfa-removal';
export const ASSIGN_MFA_REMOVAL = 'assign-mfa-removal';
export const MFA_REMOVAL_FORM = 'mfa-removal-form';
export const ASSIGN_MFA_REMOVAL_FORM = 'assign-mfa-removal-form';
export const REPLACEMENT_DAY_INPUT = 'until';
export const REPLACEMENT_REASON_INPUT = 'reason';
export const ASSIGNEE_INPUT = 'assignee';

const MAX_NAME_LENGTH = 60;
/** Escaped, a character can become five. */
const MAX_REASON_LENGTH = 300;

/** Asks the owner whether they removed MFA; later shows the answer. */
export function renderMfaRemovalQuestion(notification: MfaRemovalNotification): RenderedMessage {
  const { account, was, since, removal } = notification;
  const { id, state, ended } = removal;
  const headline = joinMarkup(
    [
      md`${{ markup: ended ? ':white_check_mark:' : ':rotating_light:' }} Root MFA was removed from *${truncate(account.name, MAX_NAME_LENGTH)}* (${account.id}). *Was this you?*`,
      joinMarkup(
        [
          md`Before: ${lowerFirst(MFA_TEXT[was])}. Now anyone with the password can sign in as root. Detected `,
          formatSlackDateTime(new Date(since)),
          md`.`,
        ],
        '',
      ),
    ],
    '\n',
  );
  const status = ended
    ? [md`MFA is registered again, or no one can sign in as root anymore. Thank you.`]
    : mfaRemovalLines(removal);
  const buttons = [
    ...(state === 'open'
      ? [button(CONFIRM_MFA_REMOVAL, 'Yes, I’m replacing a device…', { value: id }), denyButton(id)]
      : state === 'explained'
        ? [denyButton(id)]
        : []),
    howToFixButton(account.id),
  ];
  return {
    text: joinMarkup([headline, ...status], '\n').markup,
    blocks: [
      section(headline),
      ...(status.length > 0 ? [section(joinMarkup(status, '\n'))] : []),
      ...(ended ? [] : [actions(...buttons)]),
      ...(ended || state !== 'open'
        ? []
        : [context(md`This cannot be snoozed. The security channel knows that MFA was removed.`)]),
    ],
  };
}

/** Returns who was asked, what was said and who looks into it, a line each. */
export function mfaRemovalLines({ asked, state, answer, acknowledged, assigned }: ShownMfaRemoval): Markup[] {
  const lines: Markup[] = [];
  if (answer) lines.push(answerLine(state, answer));
  else if (asked.length > 0)
    lines.push(
      joinMarkup(
        [md`:speech_balloon: Asked `, joinMarkup(asked.map(mention), ', '), md`: no answer yet.`],
        '',
      ),
    );
  if (assigned)
    lines.push(
      joinMarkup(
        [md`:bust_in_silhouette: Assigned to `, mention(assigned.to), md` by `, mention(assigned.by), md`.`],
        '',
      ),
    );
  if (acknowledged)
    lines.push(
      joinMarkup(
        [
          md`:eyes: Acknowledged by `,
          mention(acknowledged.by),
          md`, `,
          formatSlackDateTime(new Date(acknowledged.at)),
          md`.`,
        ],
        '',
      ),
    );
  return lines;
}

function answerLine(
  state: ShownMfaRemoval['state'],
  { by, at, reason, untilDay }: NonNullable<ShownMfaRemoval['answer']>,
): Markup {
  const when = formatSlackDateTime(new Date(at));
  if (state === 'denied')
    return joinMarkup([md`:rotating_light: `, mention(by), md` says it was not them, `, when, md`.`], '');
  const until = untilDay === null ? '' : ` until ${formatCalendarDay(untilDay)}`;
  const why = reason === null ? '.' : `: ${truncate(reason, MAX_REASON_LENGTH)}`;
  return joinMarkup(
    [
      md`:white_check_mark: Explained by `,
      mention(by),
      md`, `,
      when,
      md`. A device is being replaced${until}${why}`,
    ],
    '',
  );
}

/** The buttons of the alert. */
export function mfaRemovalButtons({ id, state, acknowledged }: ShownMfaRemoval): Button[] {
  return [
    ...(acknowledged ? [] : [button(ACKNOWLEDGE_MFA_REMOVAL, 'Acknowledge', { value: id })]),
    button(ASSIGN_MFA_REMOVAL, 'Assign…', { value: id }),
    ...(state === 'explained' ? [] : [button(CONFIRM_MFA_REMOVAL, 'Explain…', { value: id })]),
  ];
}

function denyButton(removalId: string): Button {
  return {
    ...button(DENY_MFA_REMOVAL, 'No, not me', { value: removalId, style: 'danger' }),
    confirm: {
      title: label('This wasn’t you?'),
      text: plainTextElement('I alert the security channel and the admins now.', 300),
      confirm: label('No, not me'),
      deny: label('Cancel'),
      style: 'danger',
    },
  };
}

/** Asks until when a device is being replaced. */
export function renderMfaRemovalForm(
  removalId: string,
  {
    accountName,
    initialDay,
    latestDay,
  }: Readonly<Record<'accountName' | 'initialDay' | 'latestDay', string>>,
): Modal {
  return {
    type: 'modal',
    callback_id: MFA_REMOVAL_FORM,
    private_metadata: removalId,
    title: label('MFA removed'),
    submit: label('Save'),
    close: label('Cancel'),
    blocks: [
      section(
        md`I send no reminders about *${truncate(accountName, MAX_NAME_LENGTH)}* until the day you choose. Your answer goes into the audit log, and the security channel sees it.`,
      ),
      {
        type: 'input',
        block_id: REPLACEMENT_DAY_INPUT,
        label: label('When will MFA be registered again?'),
        hint: plainTextElement(`No later than ${formatCalendarDay(latestDay)}.`),
        element: { type: 'datepicker', action_id: 'form:until', initial_date: initialDay },
      },
      {
        type: 'input',
        block_id: REPLACEMENT_REASON_INPUT,
        optional: true,
        label: label('Reason'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:reason',
          max_length: MAX_REASON_LENGTH,
          placeholder: label('The old key is worn out'),
        },
      },
    ],
  };
}

/** Asks who looks into a removal. */
export function renderAssignMfaRemovalForm(removalId: string): Modal {
  return {
    type: 'modal',
    callback_id: ASSIGN_MFA_REMOVAL_FORM,
    private_metadata: removalId,
    title: label('Assign alert'),
    submit: label('Assign'),
    close: label('Cancel'),
    blocks: [
      section(md`I’ll message the person you choose. They can acknowledge and explain it.`),
      {
        type: 'input',
        block_id: ASSIGNEE_INPUT,
        label: label('Who should look into it?'),
        element: { type: 'users_select', action_id: 'form:assignee' },
      },
    ],
  };
}
