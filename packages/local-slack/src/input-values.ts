import { asJson, asList, asText, type Json } from './json.ts';
import { optionsOf, stateOf, type Touchable, touchables, valueField } from './interactive-elements.ts';
import type { Workspace } from './workspace.ts';

/** Why a person cannot do what they tried: it is not on their screen, or not theirs to do. A sentence for them. */
export class Impossible extends Error {
  override readonly name = 'Impossible';
}

/** What the element holds once a person chose that; refuses what the element does not offer. */
export function chosen(
  { element, type }: Touchable,
  given: Json,
  offered: readonly Json[],
  workspace: Workspace,
): Json {
  const field = valueField(type);
  const value = given[field];
  const among = (options: readonly Json[], wanted: unknown): Json => {
    const found = options.find((option) => option['value'] === asJson(wanted)['value']);
    if (!found) throw new Impossible('That option is not on offer.');
    return found;
  };
  const one = (options: readonly Json[]): Json => ({
    type,
    [field]: value === null || value === undefined ? null : among(options, value),
  });
  const several = (options: readonly Json[]): Json => {
    const picked = asList(value).map((each) => among(options, each));
    const most = Number(element['max_selected_items'] ?? Number.POSITIVE_INFINITY);
    if (picked.length > most) throw new Impossible(`Choose ${most} at most.`);
    return { type, [field]: picked };
  };
  const known = (ids: readonly unknown[], exists: (id: string) => boolean): void => {
    for (const id of ids)
      if (id !== null && !exists(String(id))) throw new Impossible('There is no such choice.');
  };
  const isPerson = (id: string): boolean => workspace.people.has(id);
  const isConversation = (id: string): boolean => workspace.conversations.has(id) || isPerson(id);

  switch (type) {
    case 'static_select':
    case 'radio_buttons':
      return one(optionsOf(element));
    case 'overflow':
      return { type, [field]: among(optionsOf(element), value) };
    case 'external_select':
      return one([...offered, asJson(element['initial_option'])]);
    case 'multi_static_select':
    case 'checkboxes':
      return several(optionsOf(element));
    case 'multi_external_select':
      return several([...offered, ...asList(element['initial_options'])]);
    case 'users_select':
      known([value ?? null], isPerson);
      return { type, [field]: value ?? null };
    case 'multi_users_select':
      known(Array.isArray(value) ? value : [], isPerson);
      return { type, [field]: value ?? [] };
    case 'channels_select':
    case 'conversations_select':
      known([value ?? null], isConversation);
      return { type, [field]: value ?? null };
    case 'multi_channels_select':
    case 'multi_conversations_select':
      known(Array.isArray(value) ? value : [], isConversation);
      return { type, [field]: value ?? [] };
    case 'button':
    case 'icon_button':
    case 'workflow_button':
      return { type };
    case 'feedback_buttons': {
      const buttons = [asJson(element['positive_button']), asJson(element['negative_button'])];
      return { type, value: among(buttons, given)['value'] };
    }
    case 'datetimepicker':
      return { type, [field]: typeof value === 'number' ? value : null };
    default:
      return { type, [field]: asText(value) || null };
  }
}

/** The `actions[0]` of an interaction: what was touched, and what it holds now. */
export function actionJson({ element, blockId, actionId, type }: Touchable, value: Json, ts: string): Json {
  const field = valueField(type);
  const isButton = type === 'button' || type === 'icon_button' || type === 'workflow_button';
  const carried = isButton
    ? ['text', 'value', 'style', 'url', 'confirm']
    : ['placeholder', field.replace('selected', 'initial')];
  return {
    ...Object.fromEntries(
      carried.filter((name) => element[name] !== undefined).map((name) => [name, element[name]]),
    ),
    ...value,
    type,
    action_id: actionId,
    block_id: blockId,
    action_ts: ts,
  };
}

/** What is wrong with a form before it is even sent, by block: Slack's client says so itself. */
export function faultsInForm(
  blocks: readonly Json[],
  held: Parameters<typeof stateOf>[1],
): { readonly [blockId: string]: string } {
  const state = stateOf(blocks, held);
  const faults: Record<string, string> = {};
  for (const { block, element, blockId, actionId, type } of touchables(blocks)) {
    if (block['type'] !== 'input') continue;
    const value = state[blockId]?.[actionId]?.[valueField(type)];
    const empty =
      value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
    const fault = empty
      ? block['optional'] === true
        ? null
        : 'This is a required field'
      : faultIn(element, type, value);
    if (fault) faults[blockId] = fault;
  }
  return faults;
}

function faultIn(element: Json, type: string, value: unknown): string | null {
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
