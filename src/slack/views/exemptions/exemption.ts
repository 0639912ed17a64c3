import type { Button } from '@slack/types';
import type { AccountId } from '../../../domain/account.ts';
import { formatCalendarDay } from '../../../domain/calendar.ts';
import { policyControlText } from '../../../domain/guardrails/explain.ts';
import { policyControlIn } from '../../../domain/guardrails/guardrails.ts';
import type {
  ExemptionRequestNotification,
  ExemptionUpdateNotification,
} from '../../../domain/notification.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Viewer } from '../../visibility.ts';
import {
  actions,
  type Block,
  button,
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
import { OPEN_ACCOUNT } from '../status/account-list.ts';

export const REQUEST_EXEMPTION = 'ask-exemption';
export const GRANT_EXEMPTION = 'grant-exemption';
export const DECLINE_EXEMPTION = 'decline-exemption';
export const WITHDRAW_EXEMPTION = 'withdraw-exemption';
export const REVOKE_EXEMPTION = 'end-exemption';
export const REQUEST_EXEMPTION_FORM = 'exemption-form';
export const DECLINE_EXEMPTION_FORM = 'decline-exemption-form';

/** The inputs of the forms. */
export const EXEMPTION_REASON_INPUT = 'reason';
export const COMPENSATING_CONTROL_INPUT = 'meanwhile';
export const LAST_DAY_INPUT = 'last-day';

/** Escaping can turn one character into five, and a section takes 3,000. */
const MAX_INPUT_LENGTH = 500;
const MAX_NAME_LENGTH = 60;

/** Opens the form, for those who can request an exemption for this account. */
export function requestExemptionButtons(
  { account, compliance, exemption }: AccountView,
  { admin, owner }: Viewer,
): Button[] {
  if (compliance !== 'noncompliant' || exemption !== null || !(admin || owner)) return [];
  return [button(REQUEST_EXEMPTION, 'Request an exemption', { value: account.id })];
}

/** Renders the exemption of an account, with the actions that this viewer can take. */
export function exemptionBlocks(view: AccountView, viewer: Viewer): Block[] {
  const { exemption, exemptionLastDay, compliance } = view;
  if (!exemption || exemptionLastDay === undefined) return [];
  const { id, askedBy, reason, compensatingControl } = exemption;
  const until = formatCalendarDay(exemptionLastDay);
  const isRequester = viewer.id === askedBy;

  const headline =
    exemption.state === 'asked'
      ? md`:hourglass: *Exemption until ${until} requested* by ${mention(askedBy)}. Waiting for approval.`
      : compliance === 'exempt'
        ? md`:large_yellow_circle: *Exempt until ${until}*, granted by ${mention(exemption.decidedBy)}.`
        : md`:large_yellow_circle: Exempt until ${until}, but the exemption is not needed now.`;
  const buttons =
    exemption.state === 'asked'
      ? [
          ...(viewer.admin && !isRequester ? exemptionDecisionButtons(id) : []),
          ...(isRequester ? [button(WITHDRAW_EXEMPTION, 'Withdraw request', { value: id })] : []),
        ]
      : viewer.admin || isRequester
        ? [revokeButton(id, until)]
        : [];
  return [
    section(headline),
    ...[...reasonsMarkup(reason, compensatingControl), ...policyControlMarkup(view)].map((words) =>
      section(words),
    ),
    ...(buttons.length > 0 ? [actions(...buttons)] : []),
  ];
}

/** Renders the form that requests an exemption. */
export function renderExemptionRequestForm(
  { account, guardrails }: AccountView,
  { latestDay, initialDay }: { readonly latestDay: string; readonly initialDay: string },
): Modal {
  return {
    type: 'modal',
    callback_id: REQUEST_EXEMPTION_FORM,
    private_metadata: account.id,
    title: label('Request an exemption'),
    submit: label('Request'),
    close: label('Cancel'),
    blocks: [
      section(
        md`An exemption lets *${truncate(account.name, MAX_NAME_LENGTH)}* stay non-compliant until the date you choose. An admin decides, and I’ll message you.`,
      ),
      ...policyControlNote(guardrails),
      {
        type: 'input',
        block_id: EXEMPTION_REASON_INPUT,
        label: label('Why can’t it be fixed now?'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:reason',
          multiline: true,
          max_length: MAX_INPUT_LENGTH,
          placeholder: label('The key is ordered and arrives in two weeks'),
        },
      },
      {
        type: 'input',
        block_id: COMPENSATING_CONTROL_INPUT,
        optional: true,
        label: label('What protects the account until then?'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:meanwhile',
          multiline: true,
          max_length: MAX_INPUT_LENGTH,
          placeholder: label('The password is in a safe that two people must open together'),
        },
      },
      {
        type: 'input',
        block_id: LAST_DAY_INPUT,
        label: label('Last day'),
        hint: plainTextElement(
          `No later than ${formatCalendarDay(latestDay)}. The exemption ends automatically; I’ll remind you a week before.`,
        ),
        element: { type: 'datepicker', action_id: 'form:last-day', initial_date: initialDay },
      },
    ],
  };
}

/** Renders the form in which an admin declines an exemption. */
export function renderDeclineExemptionForm(exemptionId: string, accountName: string): Modal {
  return {
    type: 'modal',
    callback_id: DECLINE_EXEMPTION_FORM,
    private_metadata: exemptionId,
    title: label('Decline exemption'),
    submit: label('Decline'),
    close: label('Cancel'),
    blocks: [
      section(
        md`Decline the exemption for *${truncate(accountName, MAX_NAME_LENGTH)}*. I send your reason to the requester.`,
      ),
      {
        type: 'input',
        block_id: EXEMPTION_REASON_INPUT,
        label: label('Reason'),
        element: {
          type: 'plain_text_input',
          action_id: 'form:reason',
          multiline: true,
          max_length: MAX_INPUT_LENGTH,
          placeholder: label('Spare keys are available in the office: please take one'),
        },
      },
    ],
  };
}

/** Renders a request for an exemption to the approvers, and its outcome. */
export function renderExemptionRequest(notification: ExemptionRequestNotification): RenderedMessage {
  const { exemptionId, account, askedBy, reason, compensatingControl, state, decidedBy, decisionNote } =
    notification;
  const until = formatCalendarDay(notification.lastDay);
  const name = truncate(account.name, MAX_NAME_LENGTH);
  const headline = md`${mention(askedBy)} requests an exemption for *${name}* (${account.id}), *until ${until}*.`;
  const decider = decidedBy ? mention(decidedBy) : md`an admin`;
  const note = decisionNote ? md` ${truncate(decisionNote, MAX_INPUT_LENGTH)}` : md``;
  const outcome = {
    asked: undefined,
    granted: md`:white_check_mark: Granted until ${until} by ${decider}.${note}`,
    declined: md`:no_entry_sign: Declined by ${decider}.${note}`,
    withdrawn: md`:leftwards_arrow_with_hook: Closed without a decision.`,
    revoked: md`:no_entry_sign: Granted by ${decider}, then ended early.`,
    ended: md`:checkered_flag: Granted by ${decider}, ended on ${until}.`,
  }[state];

  const { policyControl } = notification;
  const words = [
    headline,
    ...reasonsMarkup(reason, compensatingControl),
    ...(policyControl
      ? [md`*Compensating control:* ${truncate(policyControl, MAX_INPUT_LENGTH)} denies root.`]
      : []),
    ...(outcome ? [outcome] : []),
  ];
  return {
    text: words.map(({ markup }) => markup).join('\n'),
    blocks: [
      ...words.map((one) => section(one)),
      actions(
        ...(state === 'asked' ? exemptionDecisionButtons(exemptionId) : []),
        openAccountButton(account),
      ),
    ],
  };
}

/** Renders an update for the requester. */
export function renderExemptionUpdate({
  news,
  account,
  lastDay,
  by,
  note,
}: ExemptionUpdateNotification): RenderedMessage {
  const until = formatCalendarDay(lastDay);
  const name = md`*${truncate(account.name, MAX_NAME_LENGTH)}*`;
  const decider = by ? mention(by) : md`An admin`;
  const why = note ? md`*Reason:* ${truncate(note, MAX_INPUT_LENGTH)}` : undefined;
  const words = {
    granted: md`:white_check_mark: ${decider} granted the exemption for ${name} until ${until}. It ends automatically; I’ll remind you a week before.`,
    declined: md`:no_entry_sign: ${decider} declined the exemption for ${name}.`,
    revoked: md`:no_entry_sign: ${decider} ended the exemption for ${name} early. The account is non-compliant again.`,
    ending: md`:hourglass: The exemption for ${name} ends on ${until}. After that the account is non-compliant, unless it is fixed by then.`,
    ended: md`:checkered_flag: The exemption for ${name} ended. The account is non-compliant again.`,
    unanswered: md`:hourglass: No one decided on your exemption request for ${name} by its last day, ${until}, so I closed it. You can request it again.`,
  }[news];
  const parts = why ? [words, why] : [words];
  return {
    text: joinMarkup(parts, '\n').markup,
    blocks: [...parts.map((one) => section(one)), actions(openAccountButton(account))],
  };
}

/** Returns the buttons that decide an exemption. */
export function exemptionDecisionButtons(exemptionId: string): Button[] {
  return [
    button(GRANT_EXEMPTION, 'Grant', { value: exemptionId, style: 'primary' }),
    button(DECLINE_EXEMPTION, 'Decline…', { value: exemptionId }),
  ];
}

function revokeButton(exemptionId: string, until: string): Button {
  return {
    ...button(REVOKE_EXEMPTION, 'End the exemption', { value: exemptionId }),
    confirm: {
      title: label('End the exemption?'),
      text: plainTextElement(
        `It is valid until ${until}. If you end it now, the account becomes non-compliant immediately.`,
        300,
      ),
      confirm: label('End it'),
      deny: label('Keep it'),
      style: 'danger',
    },
  };
}

function openAccountButton({ id, name }: { readonly id: AccountId; readonly name: string }): Button {
  return button(OPEN_ACCOUNT, 'Open account', { value: id, accessibilityLabel: `Open ${name}` });
}

/** The policy that makes up for missing MFA: as it is now, or that it is gone. */
function policyControlMarkup({ account, exemption, guardrails }: AccountView): Markup[] {
  const current = guardrails && policyControlIn(guardrails);
  if (current) {
    const checked = account.guardrailsReadAt
      ? joinMarkup([md`, checked `, formatSlackDateTime(account.guardrailsReadAt)], '')
      : md``;
    return [joinMarkup([md`*Compensating control:* ${policyControlText(current)}`, checked, md`.`], '')];
  }
  const lost = exemption?.state === 'granted' && exemption.controlLostAt ? exemption.control : null;
  return lost
    ? [md`:warning: *The compensating control is gone:* ${policyControlText(lost)} no longer denies root.`]
    : [];
}

function policyControlNote(guardrails: AccountView['guardrails']): Block[] {
  const control = guardrails && policyControlIn(guardrails);
  return control
    ? [section(md`${policyControlText(control)} denies root. I add it as a compensating control.`)]
    : [];
}

function reasonsMarkup(reason: string, compensatingControl: string | null): Markup[] {
  return [
    md`*Reason:* ${truncate(reason, MAX_INPUT_LENGTH)}`,
    ...(compensatingControl
      ? [md`*Protection until then:* ${truncate(compensatingControl, MAX_INPUT_LENGTH)}`]
      : []),
  ];
}
