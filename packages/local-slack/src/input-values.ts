import {
  type InteractiveElement,
  interactiveElements,
  optionsOf,
  stateOf,
  valueField,
} from './interactive-elements.ts';
import { asJson, asList, asText, type Json } from './json.ts';
import type { LocalWorkspace } from './workspace.ts';

/** Why a person cannot do what they tried: it is not on their screen, or not theirs to do. A sentence for them. */
export class InteractionError extends Error {
  override readonly name = 'InteractionError';
}

/** What the element holds once a person chose that; refuses what the element does not offer. */
export function resolveInputValue(
  { element, type }: InteractiveElement,
  given: Json,
  searchedOptions: readonly Json[],
  workspace: LocalWorkspace,
): Json {
  const field = valueField(type);
  const value = given[field];
  const findOption = (options: readonly Json[], requested: unknown): Json => {
    const found = options.find((option) => option['value'] === asJson(requested)['value']);
    if (!found) throw new InteractionError('That option is not on offer.');
    return found;
  };
  const selectOne = (options: readonly Json[]): Json => ({
    type,
    [field]: value === null || value === undefined ? null : findOption(options, value),
  });
  const selectMany = (options: readonly Json[]): Json => {
    const picked = asList(value).map((each) => findOption(options, each));
    const maxSelected = Number(element['max_selected_items'] ?? Number.POSITIVE_INFINITY);
    if (picked.length > maxSelected) throw new InteractionError(`Choose ${maxSelected} at most.`);
    return { type, [field]: picked };
  };
  const requireKnown = (ids: readonly unknown[], exists: (id: string) => boolean): void => {
    for (const id of ids)
      if (id !== null && !exists(String(id))) throw new InteractionError('There is no such choice.');
  };
  const isPerson = (id: string): boolean => workspace.people.has(id);
  const isConversation = (id: string): boolean => workspace.conversations.has(id) || isPerson(id);

  switch (type) {
    case 'static_select':
    case 'radio_buttons':
      return selectOne(optionsOf(element));
    case 'overflow':
      return { type, [field]: findOption(optionsOf(element), value) };
    case 'external_select':
      return selectOne([...searchedOptions, asJson(element['initial_option'])]);
    case 'multi_static_select':
    case 'checkboxes':
      return selectMany(optionsOf(element));
    case 'multi_external_select':
      return selectMany([...searchedOptions, ...asList(element['initial_options'])]);
    case 'users_select':
      requireKnown([value ?? null], isPerson);
      return { type, [field]: value ?? null };
    case 'multi_users_select':
      requireKnown(Array.isArray(value) ? value : [], isPerson);
      return { type, [field]: value ?? [] };
    case 'channels_select':
    case 'conversations_select':
      requireKnown([value ?? null], isConversation);
      return { type, [field]: value ?? null };
    case 'multi_channels_select':
    case 'multi_conversations_select':
      requireKnown(Array.isArray(value) ? value : [], isConversation);
      return { type, [field]: value ?? [] };
    case 'button':
    case 'icon_button':
    case 'workflow_button':
      return { type };
    case 'feedback_buttons': {
      const buttons = [asJson(element['positive_button']), asJson(element['negative_button'])];
      return { type, value: findOption(buttons, given)['value'] };
    }
    case 'datetimepicker':
      return { type, [field]: typeof value === 'number' ? value : null };
    default:
      return { type, [field]: asText(value) || null };
  }
}

/** The `actions[0]` of an interaction: what was touched, and what it holds now. */
export function actionJson(
  { element, blockId, actionId, type }: InteractiveElement,
  value: Json,
  ts: string,
): Json {
  const field = valueField(type);
  const isButton = type === 'button' || type === 'icon_button' || type === 'workflow_button';
  const buttonFields = isButton
    ? ['text', 'value', 'style', 'url', 'confirm']
    : ['placeholder', field.replace('selected', 'initial')];
  return {
    ...Object.fromEntries(
      buttonFields.filter((name) => element[name] !== undefined).map((name) => [name, element[name]]),
    ),
    ...value,
    type,
    action_id: actionId,
    block_id: blockId,
    action_ts: ts,
  };
}

/** What is wrong with a form before it is even sent, by block: Slack's client says so itself. */
export function validateForm(
  blocks: readonly Json[],
  inputState: Parameters<typeof stateOf>[1],
): { readonly [blockId: string]: string } {
  const state = stateOf(blocks, inputState);
  const errors: Record<string, string> = {};
  for (const { block, element, blockId, actionId, type } of interactiveElements(blocks)) {
    if (block['type'] !== 'input') continue;
    const value = state[blockId]?.[actionId]?.[valueField(type)];
    const empty =
      value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    const error = empty
      ? block['optional'] === true
        ? null
        : 'This is a required field'
      : validateField(element, type, value);
    if (error) errors[blockId] = error;
  }
  return errors;
}

function validateField(element: Json, type: string, value: unknown): string | null {
  const text = asText(value);
  const limit = (name: string, otherwise: number): number => Number(element[name] ?? otherwise);
  switch (type) {
    case 'plain_text_input':
      if (text.length < limit('min_length', 0))
        return `Please enter at least ${limit('min_length', 0)} characters`;
      if (text.length > limit('max_length', 3000))
        return `Please enter at most ${limit('max_length', 3000)} characters`;
      return null;
    case 'email_text_input':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? null : 'Please enter a valid email address';
    case 'url_text_input':
      return /^https?:\/\/\S+$/i.test(text) ? null : 'Please enter a valid URL';
    case 'number_input': {
      const number = Number(text);
      if (!Number.isFinite(number)) return 'Please enter a number';
      if (element['is_decimal_allowed'] !== true && !Number.isInteger(number))
        return 'Please enter a whole number';
      if (number < limit('min_value', Number.NEGATIVE_INFINITY))
        return `Please enter ${element['min_value']} or more`;
      if (number > limit('max_value', Number.POSITIVE_INFINITY))
        return `Please enter ${element['max_value']} or less`;
      return null;
    }
    default:
      return null;
  }
}
