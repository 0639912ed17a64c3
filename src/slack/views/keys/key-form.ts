import { randomUUID } from 'node:crypto';
import type { InputBlock, PlainTextOption } from '@slack/types';
import {
  cleanKeyFacts,
  KEY_KINDS,
  KEY_ROLES,
  type KeyFacts,
  type KeyFactsProblem,
  type KeyRole,
  keyFactsProblem,
  MAX_PLACE_LENGTH,
  MAX_SERIAL_LENGTH,
  type RegisteredKey,
  type SaveKeyOutcome,
} from '../../../domain/key-register/registered-key.ts';
import { isSlackUserId } from '../../../domain/person.ts';
import type { EditKeyRefusal, RemoveKeyOutcome } from '../../../usecases/keys/edit-key.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import type { Form } from '../../form.ts';
import {
  type Block,
  label,
  type Markup,
  type Modal,
  md,
  plainTextElement,
  section,
  truncate,
} from '../shared/blocks.ts';
import { KEY_KIND_TEXT } from './key-text.ts';

export const KEY_FORM = 'registered-key-form';

/** The inputs of the form. */
export const KEY_ROLE_INPUT = 'role';
export const KEY_KIND_INPUT = 'kind';
export const KEY_HOLDER_INPUT = 'holder';
export const KEY_PLACE_INPUT = 'place';
export const KEY_SERIAL_INPUT = 'serial';
export const KEY_BATTERY_INPUT = 'battery';

const ROLE_TEXT = {
  main: { name: 'Main', explained: 'Used to sign in as root' },
  spare: { name: 'Spare', explained: 'Kept for the day when the main one is lost' },
} as const satisfies Record<KeyRole, { readonly name: string; readonly explained: string }>;

/** Renders the form that adds a key, or changes what the register says of one. */
export function renderKeyForm({ account }: AccountView, key: RegisteredKey | null): Modal {
  const roles = KEY_ROLES.map((role) => option(role, ROLE_TEXT[role]));
  const kinds = KEY_KINDS.map((kind) => option(kind, KEY_KIND_TEXT[kind]));
  const pick = (options: readonly PlainTextOption[], value: string) => {
    const initial = options.find((one) => one.value === value);
    return initial ? { initial_option: initial } : {};
  };
  return {
    type: 'modal',
    callback_id: KEY_FORM,
    private_metadata: new URLSearchParams({
      account: account.id,
      key: key?.id ?? randomUUID(),
      ...(!key && { new: 'yes' }),
    }).toString(),
    title: label(key ? 'Edit the key' : 'Add a key'),
    submit: label('Save'),
    close: label('Cancel'),
    blocks: [
      section(
        md`A key of the root user of *${truncate(account.name, 60)}*. Every change goes into the audit log.`,
      ),
      input(KEY_ROLE_INPUT, 'What is it for?', {
        type: 'radio_buttons',
        action_id: 'form:role',
        options: roles,
        ...pick(roles, key?.role ?? 'main'),
      }),
      input(KEY_KIND_INPUT, 'Kind', {
        type: 'radio_buttons',
        action_id: 'form:kind',
        options: kinds,
        ...pick(kinds, key?.kind ?? 'security-key'),
      }),
      input(
        KEY_HOLDER_INPUT,
        'Holder',
        {
          type: 'users_select',
          action_id: 'form:holder',
          placeholder: label('Who has it'),
          ...(key?.holder && { initial_user: key.holder }),
        },
        { hint: 'They confirm once a year that they still have it.' },
      ),
      input(
        KEY_PLACE_INPUT,
        'Where it is kept',
        textInput('place', key?.place ?? null, {
          max: MAX_PLACE_LENGTH,
          placeholder: 'Safe 2, Madrid office',
        }),
        { hint: 'A label that your colleagues understand, never an address.' },
      ),
      input(
        KEY_SERIAL_INPUT,
        'Serial number',
        textInput('serial', key?.serial ?? null, { max: MAX_SERIAL_LENGTH }),
      ),
      input(
        KEY_BATTERY_INPUT,
        'Battery ends',
        {
          type: 'datepicker',
          action_id: 'form:battery',
          ...(key?.batteryEndsOn && { initial_date: key.batteryEndsOn }),
        },
        { hint: 'For tokens with a display. I mention it 60 days before.' },
      ),
    ],
  };
}

/** Returns which key the form is about. Anything unreadable is about none. */
export function parseKeyMetadata(metadata: string): {
  readonly accountId: string;
  readonly keyId: string;
  readonly isNew: boolean;
} {
  const values = new URLSearchParams(metadata);
  return {
    accountId: values.get('account') ?? '',
    keyId: values.get('key') ?? '',
    isNew: values.get('new') === 'yes',
  };
}

/** Returns what the form says of the key. */
export function parseKeyForm(form: Form): KeyFacts {
  const holder = form.person(KEY_HOLDER_INPUT) ?? '';
  return cleanKeyFacts({
    role: KEY_ROLES.find((role) => role === form.selected(KEY_ROLE_INPUT)) ?? 'main',
    kind: KEY_KINDS.find((kind) => kind === form.selected(KEY_KIND_INPUT)) ?? 'security-key',
    holder: isSlackUserId(holder) ? holder : null,
    place: form.text(KEY_PLACE_INPUT) ?? null,
    serial: form.text(KEY_SERIAL_INPUT) ?? null,
    batteryEndsOn: form.date(KEY_BATTERY_INPUT) ?? null,
  });
}

/** Returns the errors of the form, by input. */
export function validateKeyForm(form: Form): Readonly<Record<string, string>> {
  const problem = keyFactsProblem(parseKeyForm(form));
  return problem ? { [inputOf(problem)]: keyProblemText(problem) } : {};
}

/** Returns why facts cannot be saved. */
export function keyProblemText(problem: KeyFactsProblem): string {
  switch (problem.kind) {
    case 'place-is-address':
      return 'This looks like an address. Enter a label, such as “safe 2, Madrid office”.';
    case 'too-long':
      return `Enter at most ${problem.max} characters.`;
    case 'not-a-date':
      return 'Enter a day, such as 2027-03-31.';
    case 'no-battery':
      return 'Only hardware tokens have a battery that ends. Leave this empty.';
  }
}

/** Returns what became of a form or a button. */
export function keyOutcomeText(outcome: SaveKeyOutcome | RemoveKeyOutcome | EditKeyRefusal): Markup {
  switch (outcome.kind) {
    case 'added':
      return md`:white_check_mark: Added to the key register.`;
    case 'changed':
      return md`:white_check_mark: Saved.`;
    case 'unchanged':
      return md`Nothing has changed.`;
    case 'removed':
      return md`Removed from the key register. It stays in the audit log.`;
    case 'too-many-keys':
      return md`Root can have ${outcome.max} devices. Remove a key from the register first.`;
    case 'no-such-key':
      return md`This key is no longer in the register.`;
    case 'no-such-account':
      return md`This account is no longer in the organization.`;
    case 'not-yours':
      return md`Only admins and the owner of the account can change its keys.`;
    default:
      return md`${keyProblemText(outcome)}`;
  }
}

function inputOf(problem: KeyFactsProblem): string {
  switch (problem.kind) {
    case 'place-is-address':
      return KEY_PLACE_INPUT;
    case 'too-long':
      return problem.field === 'place' ? KEY_PLACE_INPUT : KEY_SERIAL_INPUT;
    case 'not-a-date':
    case 'no-battery':
      return KEY_BATTERY_INPUT;
  }
}

function option(
  value: string,
  { name, explained }: { readonly name: string; readonly explained: string },
): PlainTextOption {
  return { value, text: plainTextElement(name, 75), description: plainTextElement(explained, 75) };
}

function textInput(
  name: string,
  initial: string | null,
  { max, placeholder }: { readonly max: number; readonly placeholder?: string },
): InputBlock['element'] {
  return {
    type: 'plain_text_input',
    action_id: `form:${name}`,
    max_length: max,
    ...(initial !== null && { initial_value: initial }),
    ...(placeholder !== undefined && { placeholder: label(placeholder) }),
  };
}

function input(
  blockId: string,
  text: string,
  element: InputBlock['element'],
  { hint }: { readonly hint?: string } = {},
): Block {
  const optional = blockId !== KEY_ROLE_INPUT && blockId !== KEY_KIND_INPUT;
  return {
    type: 'input',
    block_id: blockId,
    label: label(text),
    element,
    optional,
    ...(hint !== undefined && { hint: plainTextElement(hint) }),
  };
}
