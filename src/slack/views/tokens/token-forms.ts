import type { InputBlock, PlainTextOption } from '@slack/types';
import type { Config } from '../../../config/config.ts';
import { type AccountId, isAccountId } from '../../../domain/account.ts';
import type { TokenRequestNotification } from '../../../domain/notification.ts';
import { MAX_TICKET_LENGTH, type TicketPolicy, ticketProblem } from '../../../domain/ticket.ts';
import {
  deliveryOptions,
  quantityFor,
  TOKEN_KINDS,
  type TokenKind,
  WHY_TWO,
} from '../../../domain/token-request.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Form } from '../../form.ts';
import type { SelectOption } from '../../routing/options-route.ts';
import {
  type Block,
  context,
  joinMarkup,
  label,
  type Markup,
  type Modal,
  md,
  mention,
  plainTextElement,
  section,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';
import { toAccountChoice } from '../status/account.ts';
import { accountNames, tokenCountText } from './token-text.ts';

export const REQUEST_TOKEN_FORM = 'request-token';
export const DECLINE_TOKEN_FORM = 'decline-token';
export const SHIP_TOKEN_FORM = 'ship-token';
export const CANCEL_TOKEN_FORM = 'cancel-token';
export const EDIT_TICKET_FORM = 'edit-token-ticket';
/** The form's account picker, which searches while typing. */
export const PICK_TOKEN_ACCOUNTS = 'token-accounts';

const MAX_ACCOUNTS = 100;
/** The checkbox that stands for every account of the requester that needs hardware. */
const ALL_OWN_INPUT = 'all';
const MAX_INPUT_LENGTH = 300;

export interface TokenRequestFormProps {
  /** Makes it one request, however often the form is submitted. */
  readonly formId: string;
  /** Preselected. */
  readonly accounts: readonly AccountView[];
  readonly tokens: Config['tokens'];
  /** Accounts of the requester that have no hardware MFA and no request. From two on, they can be chosen together. */
  readonly ownWithoutHardware: number;
  /** Shown above the inputs. */
  readonly notes: readonly Markup[];
}

/** Renders the request form: which keys, how many, for which accounts, and where to. */
export function renderTokenRequestForm({
  formId,
  accounts,
  tokens,
  ownWithoutHardware,
  notes,
}: TokenRequestFormProps): Modal {
  const offersAll = ownWithoutHardware > 1;
  const [first = 'security-key'] = tokens.kinds;
  const kinds = tokens.kinds.map(kindOption);
  const chosen = accounts.map((view) => accountOption(toAccountChoice(view)));
  const { recommended } = quantityFor(first, accounts.length);
  return {
    ...formModal(REQUEST_TOKEN_FORM, 'Request a hardware key', 'Request'),
    private_metadata: formId,
    blocks: [
      ...notes.map((note) => context(note)),
      ...(offersAll ? [allOwnInput(ownWithoutHardware)] : []),
      inputBlock(
        'accounts',
        'Accounts',
        {
          type: 'multi_external_select',
          action_id: PICK_TOKEN_ACCOUNTS,
          placeholder: label('Choose, or type part of a name'),
          min_query_length: 0,
          max_selected_items: MAX_ACCOUNTS,
          ...(chosen.length > 0 && { initial_options: chosen }),
        },
        { optional: offersAll },
      ),
      inputBlock('kind', 'Kind', {
        type: 'radio_buttons',
        action_id: 'form:kind',
        options: kinds,
        ...(kinds[0] && { initial_option: kinds[0] }),
      }),
      inputBlock(
        'quantity',
        'Quantity',
        {
          type: 'number_input',
          action_id: 'form:quantity',
          is_decimal_allowed: false,
          initial_value: String(recommended),
          min_value: '1',
        },
        { hint: WHY_TWO },
      ),
      ...(tokens.offices.length > 0
        ? [
            inputBlock('office', 'Deliver to', {
              type: 'static_select',
              action_id: 'form:office',
              placeholder: label('Choose a place'),
              options: deliveryOptions(tokens.offices).map((office) => ({
                text: plainTextElement(office, 75),
                value: office,
              })),
            }),
          ]
        : []),
      ...(tokens.ticket ? [ticketInput(tokens.ticket)] : []),
      inputBlock('note', 'Note for the approvers', textInput('note'), { optional: true }),
    ],
  };
}

/** One checkbox, so that an owner of many accounts asks once. */
function allOwnInput(count: number): Block {
  const option: PlainTextOption = {
    value: 'all',
    text: plainTextElement(`All my accounts without hardware MFA (${count})`, 75),
    description: plainTextElement('A hardware token works for one account: enter at least one for each', 75),
  };
  return inputBlock(
    ALL_OWN_INPUT,
    'Several accounts at once',
    { type: 'checkboxes', action_id: 'form:all', options: [option] },
    { optional: true },
  );
}

/** Whether this is a form ID of ours: it becomes the ID of the request. */
export function isFormId(metadata: string): boolean {
  return UUID.test(metadata);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Parses the submitted form. */
export function parseTokenRequestForm(submitted: Form): {
  readonly accountIds: readonly AccountId[];
  /** Besides those: every account of the requester that needs hardware. */
  readonly allOwn: boolean;
  readonly kind: TokenKind | undefined;
  readonly quantity: number;
  readonly office: string | undefined;
  readonly note: string | undefined;
  readonly ticket: string | undefined;
} {
  return {
    accountIds: submitted.selectedMany('accounts').filter(isAccountId),
    allOwn: submitted.selectedMany(ALL_OWN_INPUT).length > 0,
    kind: KINDS.find((kind) => kind === submitted.selected('kind')),
    quantity: Number(submitted.text('quantity')),
    office: submitted.selected('office'),
    note: submitted.text('note'),
    ticket: submitted.text('ticket'),
  };
}

/** Returns the errors of the form, by input. */
export function validateTokenRequestForm(
  submitted: Form,
  tokens: Pick<Config['tokens'], 'ticket'>,
): Record<string, string> {
  const { accountIds, allOwn, kind, quantity, ticket } = parseTokenRequestForm(submitted);
  if (accountIds.length === 0 && !allOwn) return { accounts: 'Choose at least one account.' };
  if (!kind) return { kind: 'Choose a kind.' };
  const problem = ticketProblem(ticket ?? null, tokens.ticket);
  if (problem !== undefined) return { ticket: problem };
  // Which accounts these are is known when the request is made: it checks the quantity, too.
  if (allOwn) return {};
  const { min, recommended, max } = quantityFor(kind, accountIds.length);
  if (Number.isInteger(quantity) && quantity >= min && quantity <= max) return {};
  return { quantity: `${quantityText(kind, accountIds.length, min, max)} We recommend ${recommended}.` };
}

/** Returns the limits of the quantity as a sentence. */
function quantityText(kind: TokenKind, accounts: number, min: number, max: number): string {
  return kind === 'totp-token' && accounts > 1
    ? `Each token works for one account, so ${pluralize(accounts, 'account')} need ${min} to ${max}.`
    : `Enter ${min} to ${max}.`;
}

/** Renders the form that changes the ticket of a request. */
export function renderTicketForm(
  { requestId, ticket }: TokenRequestNotification,
  policy: TicketPolicy | undefined,
): Modal {
  const field = policy ?? { label: ticket?.label ?? 'Ticket', required: false };
  return {
    ...formModal(EDIT_TICKET_FORM, 'Edit the request', 'Save'),
    private_metadata: requestId,
    blocks: [ticketInput(field, ticket?.text ?? undefined)],
  };
}

/** Returns the errors of the ticket form, by input. */
export function validateTicketForm(
  submitted: Form,
  { ticket: policy }: Pick<Config['tokens'], 'ticket'>,
): Record<string, string> {
  const problem = ticketProblem(submitted.text('ticket') ?? null, policy);
  return problem === undefined ? {} : { ticket: problem };
}

function ticketInput({ label: text, required }: TicketPolicy, initial?: string): Block {
  return inputBlock(
    'ticket',
    text,
    {
      type: 'plain_text_input',
      action_id: 'form:ticket',
      max_length: MAX_TICKET_LENGTH,
      ...(initial !== undefined && { initial_value: initial }),
    },
    { optional: !required },
  );
}

/** Renders the form that declines a request. */
export function renderDeclineTokenForm(request: TokenRequestNotification): Modal {
  return {
    ...formModal(DECLINE_TOKEN_FORM, 'Decline the request', 'Decline'),
    private_metadata: request.requestId,
    blocks: [
      section(requestSummary(request)),
      inputBlock(
        'reason',
        'Reason',
        textInput('reason', 'The requester reads this. What should they do instead?'),
      ),
    ],
  };
}

/** Renders the shipping form. `expectedVersion`: the state of the request when the form was opened. */
export function renderShipTokenForm(request: TokenRequestNotification, expectedVersion: string): Modal {
  const { requestId, office } = request;
  return {
    ...formModal(SHIP_TOKEN_FORM, 'Ship the keys', 'Ship'),
    private_metadata: new URLSearchParams({ request: requestId, mark: expectedVersion }).toString(),
    blocks: [
      section(requestSummary(request)),
      ...(office === null ? [] : [context(md`Deliver to: *${office}*`)]),
      inputBlock(
        'note',
        'How it is delivered',
        textInput('note', 'DHL 00340434161094, or: front desk, London office'),
        { hint: 'A tracking number, or where to pick it up.' },
      ),
      inputBlock('serial', 'Serial numbers', textInput('serial'), { optional: true }),
      inputBlock(
        'expected',
        'Expected by',
        { type: 'datepicker', action_id: 'form:expected' },
        { optional: true },
      ),
    ],
  };
}

/** Parses the metadata of a shipping form. Anything unreadable names no request. */
export function parseShipMetadata(metadata: string): {
  readonly requestId: string;
  readonly expectedVersion: string;
} {
  const values = new URLSearchParams(metadata);
  return { requestId: values.get('request') ?? '', expectedVersion: values.get('mark') ?? '' };
}

/** Renders the form that withdraws a request; an admin must add a reason for the requester. */
export function renderCancelTokenForm(request: TokenRequestNotification, isRequester: boolean): Modal {
  return {
    ...formModal(CANCEL_TOKEN_FORM, 'Withdraw the request', 'Withdraw request'),
    close: label('Keep request'),
    private_metadata: request.requestId,
    blocks: [
      section(requestSummary(request)),
      inputBlock('reason', 'Reason', textInput('reason'), {
        optional: isRequester,
        ...(!isRequester && { hint: 'The requester reads this.' }),
      }),
    ],
  };
}

const KINDS = Object.keys(TOKEN_KINDS) as TokenKind[];

function requestSummary({ tokenKind, quantity, requestedBy, accounts }: TokenRequestNotification): Markup {
  return joinMarkup(
    [
      md`:key: *${tokenCountText(tokenKind, quantity)}* for `,
      mention(requestedBy),
      md`, `,
      accountNames(accounts),
    ],
    '',
  );
}

function formModal(callbackId: string, title: string, submit: string) {
  return {
    type: 'modal' as const,
    callback_id: callbackId,
    title: label(title),
    submit: label(submit),
    close: label('Back'),
  };
}

function inputBlock(
  blockId: string,
  text: string,
  element: InputBlock['element'],
  { hint, optional = false }: { readonly hint?: string; readonly optional?: boolean } = {},
): Block {
  return {
    type: 'input',
    block_id: blockId,
    label: label(text),
    element,
    optional,
    ...(hint && { hint: label(hint) }),
  };
}

function textInput(name: string, placeholder?: string): InputBlock['element'] {
  return {
    type: 'plain_text_input',
    action_id: `form:${name}`,
    max_length: MAX_INPUT_LENGTH,
    ...(placeholder && { placeholder: label(placeholder) }),
  };
}

function kindOption(kind: TokenKind): PlainTextOption {
  const { name, explained } = TOKEN_KINDS[kind];
  return { value: kind, text: plainTextElement(name), description: plainTextElement(explained, 75) };
}

function accountOption({ value, text, description }: SelectOption): PlainTextOption {
  return {
    value,
    text: plainTextElement(text, 75),
    ...(description && { description: plainTextElement(description, 75) }),
  };
}
