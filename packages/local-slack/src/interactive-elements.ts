import { asJson, asList, asText, type Json } from './json.ts';

/** An interactive element and its block. */
export interface InteractiveElement {
  readonly block: Json;
  readonly element: Json;
  readonly blockId: string;
  readonly actionId: string;
  readonly type: string;
}

/** What was chosen or typed, by `block_id`, then `action_id`, as in Slack's `view.state.values`. */
export type InputValues = { readonly [blockId: string]: { readonly [actionId: string]: Json } };

const NON_INTERACTIVE_TYPES = new Set(['image', 'plain_text', 'mrkdwn', '']);
const STATELESS_TYPES = new Set(['button', 'overflow', 'icon_button', 'feedback_buttons', 'workflow_button']);

function isInteractive(element: unknown): boolean {
  return !NON_INTERACTIVE_TYPES.has(asText(asJson(element)['type']));
}

/** The blocks with the `block_id`s and `action_id`s that Slack gives to those who have none. */
export function withIds(blocks: unknown, newId: () => string): readonly Json[] {
  const withActionId = (element: unknown): unknown =>
    isInteractive(element) && asJson(element)['action_id'] === undefined
      ? { ...asJson(element), action_id: newId() }
      : element;
  return asList(blocks).map((block) => ({
    ...block,
    block_id: block['block_id'] ?? newId(),
    ...(block['accessory'] !== undefined && { accessory: withActionId(block['accessory']) }),
    ...(block['element'] !== undefined && { element: withActionId(block['element']) }),
    ...(isRow(block) && { elements: asList(block['elements']).map(withActionId) }),
  }));
}

function isRow(block: Json): boolean {
  return block['type'] === 'actions' || block['type'] === 'context_actions';
}

/** Every element that a person can touch, from top to bottom. */
export function interactiveElements(blocks: readonly Json[]): readonly InteractiveElement[] {
  return blocks.flatMap((block) =>
    [block['accessory'], block['element'], ...(isRow(block) ? asList(block['elements']) : [])]
      .filter((element) => element !== undefined && isInteractive(element))
      .map((element) => ({
        block,
        element: asJson(element),
        blockId: asText(block['block_id']),
        actionId: asText(asJson(element)['action_id']),
        type: asText(asJson(element)['type']),
      })),
  );
}

/** The element of those ids; undefined when it is not on screen. */
export function findInteractiveElement(
  blocks: readonly Json[],
  blockId: string,
  actionId: string,
): InteractiveElement | undefined {
  return interactiveElements(blocks).find((one) => one.blockId === blockId && one.actionId === actionId);
}

/** True if touching it sends an interaction at once, instead of waiting for the form to be submitted. */
export function dispatchesImmediately({ block }: InteractiveElement): boolean {
  return block['type'] !== 'input' || block['dispatch_action'] === true;
}

/** What Slack puts into `state.values`: every input, with null if it was not used. */
export function stateOf(blocks: readonly Json[], inputValues: InputValues): InputValues {
  const state: Record<string, Record<string, Json>> = {};
  for (const { element, blockId, actionId, type } of interactiveElements(blocks)) {
    if (STATELESS_TYPES.has(type)) continue;
    const values = state[blockId] ?? {};
    values[actionId] = inputValues[blockId]?.[actionId] ?? initialValue(element);
    state[blockId] = values;
  }
  return state;
}

/** The field in which a state value of that type carries what was chosen. */
export function valueField(type: string): string {
  switch (type) {
    case 'static_select':
    case 'external_select':
    case 'radio_buttons':
    case 'overflow':
      return 'selected_option';
    case 'multi_static_select':
    case 'multi_external_select':
    case 'checkboxes':
      return 'selected_options';
    case 'users_select':
      return 'selected_user';
    case 'multi_users_select':
      return 'selected_users';
    case 'channels_select':
      return 'selected_channel';
    case 'multi_channels_select':
      return 'selected_channels';
    case 'conversations_select':
      return 'selected_conversation';
    case 'multi_conversations_select':
      return 'selected_conversations';
    case 'datepicker':
      return 'selected_date';
    case 'timepicker':
      return 'selected_time';
    case 'datetimepicker':
      return 'selected_date_time';
    case 'rich_text_input':
      return 'rich_text_value';
    case 'file_input':
      return 'files';
    default:
      return 'value';
  }
}

/** Returns the initial value of an input. */
export function initialValue(element: Json): Json {
  const type = asText(element['type']);
  const field = valueField(type);
  const initial =
    element[
      field === 'value' || field === 'rich_text_value'
        ? 'initial_value'
        : field.replace('selected', 'initial')
    ];
  const isMultiple = field.endsWith('s') ? [] : null;
  return { type, [field]: initial ?? isMultiple };
}

/** The options that an element shows, those in groups included. */
export function optionsOf(element: Json): readonly Json[] {
  return element['option_groups'] === undefined
    ? asList(element['options'])
    : asList(element['option_groups']).flatMap((group) => asList(group['options']));
}
