import type { InputBlock, PlainTextOption } from '@slack/types';
import type { Config } from '../../../config/config.ts';
import { type AccountId, isAccountId } from '../../../domain/account.ts';
import type { TokenRequestNotification } from '../../../domain/notification.ts';
import { quantityFor, TOKEN_KINDS, type TokenKind, WHY_TWO } from '../../../domain/token-request.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Form } from '../../form.ts';
import type { SelectOption } from '../../router.ts';
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
/** The picker of accounts in the form, which searches as one types. */
export const PICK_TOKEN_ACCOUNTS = 'token-accounts';

const MAX_ACCOUNTS = 20;
const MAX_INPUT_LENGTH = 300;

export interface TokenRequestFormProps {
  /** What makes it one request, however often it is sent. */
  readonly formId: string;
  /** Chosen already. */
  readonly accounts: readonly AccountView[];
  readonly tokens: Config['tokens'];
  /** What somebody should know first. */
  readonly notes: readonly Markup[];
}

/** Which keys, how many, for which accounts, and where to. */
export function renderTokenRequestForm({ formId, accounts, tokens, notes }: TokenRequestFormProps): Modal {
  const [first = 'security-key'] = tokens.kinds;
  const kinds = tokens.kinds.map(kindOption);
  const chosen = accounts.map((view) => accountOption(toAccountChoice(view)));
  const { recommended } = quantityFor(first, accounts.length);
  return {
    ...formModal(REQUEST_TOKEN_FORM, 'Request a token', 'Send'),
    private_metadata: formId,
    blocks: [
      ...notes.map((note) => context(note)),
      inputBlock('accounts', 'For which accounts', {
        type: 'multi_external_select',
        action_id: PICK_TOKEN_ACCOUNTS,
        placeholder: label('Choose, or type a part of a name'),
        min_query_length: 0,
        max_selected_items: MAX_ACCOUNTS,
        ...(chosen.length > 0 && { initial_options: chosen }),
      }),
      inputBlock('kind', 'What kind', {
        type: 'radio_buttons',
        action_id: 'form:kind',
        options: kinds,
        ...(kinds[0] && { initial_option: kinds[0] }),
      }),
      inputBlock(
        'quantity',
        'How many',
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
            inputBlock('office', 'Where shall it go', {
              type: 'static_select',
              action_id: 'form:office',
              placeholder: label('Choose an office'),
              options: tokens.offices.map((office) => ({
                text: plainTextElement(office, 75),
                value: office,
              })),
            }),
          ]
        : []),
      inputBlock('note', 'Anything they should know', textInput('note'), { optional: true }),
    ],
  };
}

/** Whether that is the id of a form as we give it: the request that it asks for is known by it. */
export function isFormId(metadata: string): boolean {
  return UUID.test(metadata);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the form holds. */
export function parseTokenRequestForm(submitted: Form): {
  readonly accountIds: readonly AccountId[];
  readonly kind: TokenKind | undefined;
  readonly quantity: number;
  readonly office: string | undefined;
  readonly note: string | undefined;
} {
  return {
    accountIds: submitted.selectedMany('accounts').filter(isAccountId),
    kind: KINDS.find((kind) => kind === submitted.selected('kind')),
    quantity: Number(submitted.text('quantity')),
    office: submitted.selected('office'),
    note: submitted.text('note'),
  };
}

/** What is wrong with it, by input. */
export function validateTokenRequestForm(submitted: Form): Record<string, string> {
  const { accountIds, kind, quantity } = parseTokenRequestForm(submitted);
  if (accountIds.length === 0) return { accounts: 'Choose at least one account.' };
  if (!kind) return { kind: 'Choose a kind.' };
  const { min, recommended, max } = quantityFor(kind, accountIds.length);
  if (Number.isInteger(quantity) && quantity >= min && quantity <= max) return {};
  return { quantity: `${quantityText(kind, accountIds.length, min, max)} We recommend ${recommended}.` };
}

/** The sentence about a number that does not fit. */
export function quantityText(kind: TokenKind, accounts: number, min: number, max: number): string {
  return kind === 'totp-token' && accounts > 1
    ? `Each token serves one account, so ${pluralize(accounts, 'account')} need ${min} to ${max}.`
    : `Ask for ${min} to ${max}.`;
}

/** Why a request is declined. */
export function renderDeclineTokenForm(request: TokenRequestNotification): Modal {
  return {
    ...formModal(DECLINE_TOKEN_FORM, 'Decline the request', 'Decline'),
    private_metadata: request.requestId,
    blocks: [
      section(requestSummary(request)),
      inputBlock('reason', 'Why', textInput('reason', 'They will read it. What should they do instead?')),
    ],
  };
}

/** How the keys travel. `expectedVersion`: how far the request was when the form was opened. */
export function renderShipTokenForm(request: TokenRequestNotification, expectedVersion: string): Modal {
  const { requestId, office } = request;
  return {
    ...formModal(SHIP_TOKEN_FORM, 'Ship the keys', 'Ship'),
    private_metadata: new URLSearchParams({ request: requestId, mark: expectedVersion }).toString(),
    blocks: [
      section(requestSummary(request)),
      ...(office === null ? [] : [context(md`To be sent to, or fetched at: *${office}*`)]),
      inputBlock(
        'note',
        'How it gets there',
        textInput('note', 'DHL 00340434161094, or: at the front desk in London'),
        { hint: 'A tracking number, or where it can be fetched.' },
      ),
      inputBlock('serial', 'Serial numbers', textInput('serial'), { optional: true }),
    ],
  };
}

/** The request, and how far it was, that a shipping form is about; what cannot be read is about none. */
export function parseShipMetadata(metadata: string): {
  readonly requestId: string;
  readonly expectedVersion: string;
} {
  const values = new URLSearchParams(metadata);
  return { requestId: values.get('request') ?? '', expectedVersion: values.get('mark') ?? '' };
}

/** Whether it is really to be given up; an admin says why, for somebody is waiting. */
export function renderCancelTokenForm(request: TokenRequestNotification, isRequester: boolean): Modal {
  return {
    ...formModal(CANCEL_TOKEN_FORM, 'Cancel the request', 'Cancel it'),
    close: label('Keep it'),
    private_metadata: request.requestId,
    blocks: [
      section(requestSummary(request)),
      inputBlock('reason', 'Why', textInput('reason'), {
        optional: isRequester,
        ...(!isRequester && { hint: 'Whoever asked will read it.' }),
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
    close: label('Not now'),
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
