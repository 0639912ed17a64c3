import type { Button } from '@slack/types';
import { MAX_ANNOUNCED_HOURS } from '../../../domain/root-events/announced-use.ts';
import {
  type Block,
  button,
  label,
  type Modal,
  md,
  plainTextElement,
  section,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

export const ANSWER_ROOT_USE = 'answer-root-use';
export const ROOT_USE_FORM = 'root-use-form';
export const ANNOUNCE_ROOT_USE = 'announce-root-use';
export const ANNOUNCE_ROOT_USE_FORM = 'announce-root-use-form';
export const END_ANNOUNCEMENT = 'end-root-use-announcement';

/** The inputs of the forms. */
export const ROOT_USE_ANSWER_INPUT = 'answer';
export const ROOT_USE_REASON_INPUT = 'reason';
export const ROOT_USE_TICKET_INPUT = 'ticket';
export const ROOT_USE_HOURS_INPUT = 'hours';

const MAX_REASON_LENGTH = 300;
const MAX_TICKET_LENGTH = 80;

/** How long a use can be announced for. */
const HOURS = [1, 2, 4, 8, MAX_ANNOUNCED_HOURS];

/** Asks why root was used. With `choice` it also asks whether it was the reader. */
export function renderRootUseForm(
  incidentId: string,
  accountName: string,
  { choice }: { readonly choice: boolean },
): Modal {
  const yes = { text: label('Yes, it was me or it was planned'), value: 'mine' };
  const no = { text: label('No, I don’t know about it'), value: 'not-mine' };
  return {
    type: 'modal',
    callback_id: ROOT_USE_FORM,
    private_metadata: incidentId,
    title: label('Use of root'),
    submit: label('Save'),
    close: label('Cancel'),
    blocks: [
      section(md`Root of *${truncate(accountName, 60)}* was used. Your answer goes into the audit log.`),
      ...(choice
        ? [
            {
              type: 'input',
              block_id: ROOT_USE_ANSWER_INPUT,
              label: label('Was it you?'),
              element: { type: 'radio_buttons', action_id: 'form:answer', options: [yes, no] },
            } satisfies Block,
          ]
        : []),
      reasonInput('What was root needed for?', { optional: choice }),
      ticketInput(),
    ],
  };
}

/** Asks why and for how long root will be used. */
export function renderAnnounceForm(accountId: string, accountName: string): Modal {
  const options = HOURS.map((hours) => ({
    text: plainTextElement(pluralize(hours, 'hour')),
    value: String(hours),
  }));
  return {
    type: 'modal',
    callback_id: ANNOUNCE_ROOT_USE_FORM,
    private_metadata: accountId,
    title: label('Announce root use'),
    submit: label('Announce'),
    close: label('Cancel'),
    blocks: [
      section(
        md`Until the time you choose, I’ll ask no one when root of *${truncate(accountName, 60)}* is used. The channel still sees it, with your name.`,
      ),
      reasonInput('What is root needed for?', { optional: false }),
      ticketInput(),
      {
        type: 'input',
        block_id: ROOT_USE_HOURS_INPUT,
        label: label('For how long?'),
        element: {
          type: 'static_select',
          action_id: 'form:hours',
          options,
          ...(options[0] && { initial_option: options[0] }),
        },
      },
    ],
  };
}

/** Leads to the form. */
export function announceButton(accountId: string): Button {
  return button(ANNOUNCE_ROOT_USE, 'Announce root use…', { value: accountId });
}

function reasonInput(text: string, { optional }: { readonly optional: boolean }): Block {
  return {
    type: 'input',
    block_id: ROOT_USE_REASON_INPUT,
    optional,
    label: label(text),
    element: {
      type: 'plain_text_input',
      action_id: 'form:reason',
      max_length: MAX_REASON_LENGTH,
      placeholder: label('Change the support plan'),
    },
  };
}

function ticketInput(): Block {
  return {
    type: 'input',
    block_id: ROOT_USE_TICKET_INPUT,
    optional: true,
    label: label('Ticket'),
    element: {
      type: 'plain_text_input',
      action_id: 'form:ticket',
      max_length: MAX_TICKET_LENGTH,
      placeholder: label('SEC-123'),
    },
  };
}
