import type { Button, PlainTextOption } from '@slack/types';
import type { TokenRequestNotification } from '../../../domain/notification.ts';
import type { SeveralStepsOutcome } from '../../../usecases/tokens/step-several-requests.ts';
import {
  button,
  joinMarkup,
  label,
  type Markup,
  type Modal,
  md,
  plainTextElement,
  section,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';
import { tokenCountText } from './token-text.ts';

export const SHIP_SEVERAL = 'ship-several-tokens';
export const SHIP_SEVERAL_FORM = 'ship-several-tokens';
export const RECEIVE_SEVERAL = 'receive-several-tokens';

/** The inputs of the form. */
export const REQUESTS_INPUT = 'requests';
export const SEVERAL_NOTE_INPUT = 'note';

/** https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element */
const MAX_OPTIONS = 100;
const MAX_NOTE_LENGTH = 300;

/** Returns buttons for several requests of the list: to ship what is approved, to confirm what has come. */
export function severalRequestsButtons(
  requests: readonly TokenRequestNotification[],
  viewer: { readonly id: string; readonly admin: boolean },
): Button[] {
  const approved = requests.filter(({ state }) => state === 'approved');
  return [
    ...(viewer.admin && approved.length > 1 ? [button(SHIP_SEVERAL, 'Ship several…', { value: 'all' })] : []),
    ...receiveSeveralButtons(requests.filter(({ requestedBy }) => requestedBy === viewer.id)),
  ];
}

/** Returns the button that confirms all of a person's requests that are on the way, if there are several. */
export function receiveSeveralButtons(own: readonly TokenRequestNotification[]): Button[] {
  const shippedAt = own
    .flatMap(({ state, history }) => (state === 'shipped' ? (history.at(-1)?.at ?? []) : []))
    .sort();
  const last = shippedAt.at(-1);
  return last !== undefined && shippedAt.length > 1
    ? [button(RECEIVE_SEVERAL, `I have all ${shippedAt.length}`, { value: last })]
    : [];
}

/** Renders the form that ships several approved requests with one note; all of them are selected. */
export function renderShipSeveralForm(approved: readonly TokenRequestNotification[]): Modal {
  const options = approved.slice(0, MAX_OPTIONS).map(requestOption);
  const more = approved.length - options.length;
  return {
    type: 'modal',
    callback_id: SHIP_SEVERAL_FORM,
    title: label('Ship several requests'),
    submit: label('Ship'),
    close: label('Back'),
    blocks: [
      ...(more > 0
        ? [section(md`These are the first ${MAX_OPTIONS}. Ship them to see the other ${more}.`)]
        : []),
      {
        type: 'input',
        block_id: REQUESTS_INPUT,
        label: label('Approved requests'),
        element: {
          type: 'multi_static_select',
          action_id: 'form:requests',
          placeholder: label('Choose requests'),
          options,
          ...(options.length > 0 && { initial_options: options }),
        },
      },
      {
        type: 'input',
        block_id: SEVERAL_NOTE_INPUT,
        label: label('How they are delivered'),
        hint: plainTextElement('Each requester reads this. A tracking number, or where to pick it up.'),
        element: { type: 'plain_text_input', action_id: 'form:note', max_length: MAX_NOTE_LENGTH },
      },
    ],
  };
}

/** Returns what became of several requests, for the person who went on with them. */
export function severalStepsText(step: 'ship' | 'receive', outcome: SeveralStepsOutcome): Markup {
  const { done, skipped, refusal } = outcome;
  const count = pluralize(done.length, 'request');
  const doneText =
    step === 'ship'
      ? md`:package: On the way: ${count}. I notified each requester.`
      : md`:inbox_tray: Received: ${count}. Now register the keys on root. I’ll close each request when AWS shows it.`;
  return joinMarkup(
    [
      ...(done.length > 0 ? [doneText] : []),
      ...(skipped > 0 ? [md`I skipped ${pluralize(skipped, 'request')} that changed in the meantime.`] : []),
      ...(refusal ? [md`${REFUSAL_TEXT[refusal]}`] : []),
      ...(done.length + skipped === 0 && !refusal ? [md`There is nothing left to do.`] : []),
    ],
    '\n',
  );
}

const REFUSAL_TEXT = {
  'not-an-admin': 'Only admins can ship keys.',
  'no-shipping-note': 'Please enter a tracking number, or where to pick it up.',
  'not-yours': 'Only the requester can do that.',
} as const satisfies Record<NonNullable<SeveralStepsOutcome['refusal']>, string>;

/** `2 security keys: payments-prod and 3 more`, below it the office. */
function requestOption({
  requestId,
  tokenKind,
  quantity,
  accounts,
  office,
}: TokenRequestNotification): PlainTextOption {
  const [first] = accounts;
  const more = accounts.length - 1;
  const names = `${truncate(first?.name ?? '', 40)}${more > 0 ? ` and ${more} more` : ''}`;
  return {
    value: requestId,
    text: plainTextElement(`${tokenCountText(tokenKind, quantity)}: ${names}`, 75),
    ...(office !== null && { description: plainTextElement(office, 75) }),
  };
}
