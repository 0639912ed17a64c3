import type { InputBlock, PlainTextOption } from '@slack/types';
import type { Config } from '../../../config/config.ts';
import { type AccountId, isAccountId } from '../../../domain/account.ts';
import type { TokenRequestLetter } from '../../../domain/notification.ts';
import { quantityFor, TOKEN_KINDS, type TokenKind, WHY_TWO } from '../../../domain/token-request.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Choice } from '../../router.ts';
import type { Form } from '../../form.ts';
import { choiceOf } from '../status/account.ts';
import {
  type Block,
  context,
  joined,
  label,
  type Markup,
  type Modal,
  md,
  mention,
  plain,
  section,
} from '../shared/blocks.ts';
import { accountNames, howMany } from './token-text.ts';
import { counted } from '../shared/wording.ts';

export const REQUEST_FORM = 'request-token';
export const DECLINE_FORM = 'decline-token';
export const SHIP_FORM = 'ship-token';
export const CANCEL_FORM = 'cancel-token';
/** The picker of accounts in the form, which searches as one types. */
export const PICK_TOKEN_ACCOUNTS = 'token-accounts';

const MOST_ACCOUNTS = 20;
const MOST_WORDS = 300;

export interface RequestForm {
  /** What makes it one request, however often it is sent. */
  readonly formId: string;
  /** Chosen already. */
  readonly accounts: readonly AccountView[];
  readonly tokens: Config['tokens'];
  /** What somebody should know first. */
  readonly notes: readonly Markup[];
}

/** Which keys, how many, for which accounts, and where to. */
export function drawRequestForm({ formId, accounts, tokens, notes }: RequestForm): Modal {
  const [first = 'security-key'] = tokens.kinds;
  const kinds = tokens.kinds.map(kindOption);
  const chosen = accounts.map((view) => accountOption(choiceOf(view)));
  const { recommended } = quantityFor(first, accounts.length);
  return {
    ...form(REQUEST_FORM, 'Request a token', 'Send'),
    private_metadata: formId,
    blocks: [
      ...notes.map((note) => context(note)),
      input('accounts', 'For which accounts', {
        type: 'multi_external_select',
        action_id: PICK_TOKEN_ACCOUNTS,
        placeholder: label('Choose, or type a part of a name'),
        min_query_length: 0,
        max_selected_items: MOST_ACCOUNTS,
        ...(chosen.length > 0 && { initial_options: chosen }),
      }),
      input('kind', 'What kind', {
        type: 'radio_buttons',
        action_id: 'form:kind',
        options: kinds,
        ...(kinds[0] && { initial_option: kinds[0] }),
      }),
      input(
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
            input('office', 'Where shall it go', {
              type: 'static_select',
              action_id: 'form:office',
              placeholder: label('Choose an office'),
              options: tokens.offices.map((office) => ({ text: plain(office, 75), value: office })),
            }),
          ]
        : []),
      input('note', 'Anything they should know', textInput('note'), { optional: true }),
    ],
  };
}

/** Whether that is the id of a form as we give it: the request that it asks for is known by it. */
export function isFormId(metadata: string): boolean {
  return UUID.test(metadata);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What the form holds. */
export function readRequestForm(filled: Form): {
  readonly accountIds: readonly AccountId[];
  readonly kind: TokenKind | undefined;
  readonly quantity: number;
  readonly office: string | undefined;
  readonly note: string | undefined;
} {
  return {
    accountIds: filled.chosenMany('accounts').filter(isAccountId),
    kind: KINDS.find((kind) => kind === filled.chosen('kind')),
    quantity: Number(filled.text('quantity')),
    office: filled.chosen('office'),
    note: filled.text('note'),
  };
}

/** What is wrong with it, by input. */
export function checkRequestForm(filled: Form): Record<string, string> {
  const { accountIds, kind, quantity } = readRequestForm(filled);
  if (accountIds.length === 0) return { accounts: 'Choose at least one account.' };
  if (!kind) return { kind: 'Choose a kind.' };
  const { least, recommended, most } = quantityFor(kind, accountIds.length);
  if (Number.isInteger(quantity) && quantity >= least && quantity <= most) return {};
  return { quantity: `${quantityWords(kind, accountIds.length, least, most)} We recommend ${recommended}.` };
}

/** The sentence about a number that does not fit. */
export function quantityWords(kind: TokenKind, accounts: number, least: number, most: number): string {
  return kind === 'totp-token' && accounts > 1
    ? `Each token serves one account, so ${counted(accounts, 'account')} need ${least} to ${most}.`
    : `Ask for ${least} to ${most}.`;
}

/** Why a request is declined. */
export function drawDeclineForm(shown: TokenRequestLetter): Modal {
  return {
    ...form(DECLINE_FORM, 'Decline the request', 'Decline'),
    private_metadata: shown.requestId,
    blocks: [
      section(aboutRequest(shown)),
      input('reason', 'Why', textInput('reason', 'They will read it. What should they do instead?')),
    ],
  };
}

/** How the keys travel. `mark`: how far the request was when the form was opened. */
export function drawShipForm(shown: TokenRequestLetter, mark: string): Modal {
  const { requestId, office } = shown;
  return {
    ...form(SHIP_FORM, 'Ship the keys', 'Ship'),
    private_metadata: new URLSearchParams({ request: requestId, mark }).toString(),
    blocks: [
      section(aboutRequest(shown)),
      ...(office === null ? [] : [context(md`To be sent to, or fetched at: *${office}*`)]),
      input(
        'note',
        'How it gets there',
        textInput('note', 'DHL 00340434161094, or: at the front desk in London'),
        { hint: 'A tracking number, or where it can be fetched.' },
      ),
      input('serial', 'Serial numbers', textInput('serial'), { optional: true }),
    ],
  };
}

/** The request, and how far it was, that a shipping form is about; what cannot be read is about none. */
export function readShipMetadata(metadata: string): { readonly requestId: string; readonly mark: string } {
  const values = new URLSearchParams(metadata);
  return { requestId: values.get('request') ?? '', mark: values.get('mark') ?? '' };
}

/** Whether it is really to be given up; an admin says why, for somebody is waiting. */
export function drawCancelForm(shown: TokenRequestLetter, own: boolean): Modal {
  return {
    ...form(CANCEL_FORM, 'Cancel the request', 'Cancel it'),
    close: label('Keep it'),
    private_metadata: shown.requestId,
    blocks: [
      section(aboutRequest(shown)),
      input('reason', 'Why', textInput('reason'), {
        optional: own,
        ...(!own && { hint: 'Whoever asked will read it.' }),
      }),
    ],
  };
}

const KINDS = Object.keys(TOKEN_KINDS) as TokenKind[];

function aboutRequest({ tokenKind, quantity, requestedBy, accounts }: TokenRequestLetter): Markup {
  return joined(
    [md`:key: *${howMany(tokenKind, quantity)}* for `, mention(requestedBy), md`, `, accountNames(accounts)],
    '',
  );
}

function form(callbackId: string, title: string, submit: string) {
  return {
    type: 'modal' as const,
    callback_id: callbackId,
    title: label(title),
    submit: label(submit),
    close: label('Not now'),
  };
}

function input(
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
    max_length: MOST_WORDS,
    ...(placeholder && { placeholder: label(placeholder) }),
  };
}

function kindOption(kind: TokenKind): PlainTextOption {
  const { name, explained } = TOKEN_KINDS[kind];
  return { value: kind, text: plain(name), description: plain(explained, 75) };
}

function accountOption({ value, text, description }: Choice): PlainTextOption {
  return { value, text: plain(text, 75), ...(description && { description: plain(description, 75) }) };
}
