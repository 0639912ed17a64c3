import { asJson, asList, asText, type Json } from './json.ts';

/** An element that a person can touch, and the block it stands in. */
export interface Touchable {
  readonly block: Json;
  readonly element: Json;
  readonly blockId: string;
  readonly actionId: string;
  readonly type: string;
}

/** What was chosen or typed, by `block_id`, then `action_id`, as in Slack's `view.state.values`. */
export type HeldValues = { readonly [blockId: string]: { readonly [actionId: string]: Json } };

const UNTOUCHABLE = new Set(['image', 'plain_text', 'mrkdwn', '']);
const WITHOUT_STATE = new Set(['button', 'overflow', 'icon_button', 'feedback_buttons', 'workflow_button']);

function touchable(element: unknown): boolean {
  return !UNTOUCHABLE.has(asText(asJson(element)['type']));
}

/** The blocks with the `block_id`s and `action_id`s that Slack gives to those who have none. */
export function withIds(blocks: unknown, newId: () => string): readonly Json[] {
  const named = (element: unknown): unknown =>
    touchable(element) && asJson(element)['action_id'] === undefined
      ? { ...asJson(element), action_id: newId() }
      : element;
  return asList(blocks).map((block) => ({
    ...block,
    block_id: block['block_id'] ?? newId(),
    ...(block['accessory'] !== undefined && { accessory: named(block['accessory']) }),
    ...(block['element'] !== undefined && { element: named(block['element']) }),
    ...(isRow(block) && { elements: asList(block['elements']).map(named) }),
  }));
}

function isRow(block: Json): boolean {
  return block['type'] === 'actions' || block['type'] === 'context_actions';
}

/** Every element that a person can touch, from top to bottom. */
export function touchables(blocks: readonly Json[]): readonly Touchable[] {
  return blocks.flatMap((block) =>
    [block['accessory'], block['element'], ...(isRow(block) ? asList(block['elements']) : [])]
      .filter((element) => element !== undefined && touchable(element))
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
export function touchableAt(
  blocks: readonly Json[],
  blockId: string,
  actionId: string,
): Touchable | undefined {
  return touchables(blocks).find((one) => one.blockId === blockId && one.actionId === actionId);
}

/** True if touching it sends an interaction at once, instead of waiting for the form to be submitted. */
export function actsAtOnce({ block }: Touchable): boolean {
  return block['type'] !== 'input' || block['dispatch_action'] === true;
}

/** What Slack puts into `state.values`: every input, with null where nobody touched it. */
export function stateOf(blocks: readonly Json[], held: HeldValues): HeldValues {
  const state: Record<string, Record<string, Json>> = {};
  for (const { element, blockId, actionId, type } of touchables(blocks)) {
    if (WITHOUT_STATE.has(type)) continue;
    const values = state[blockId] ?? {};
    values[actionId] = held[blockId]?.[actionId] ?? untouched(element);
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

/** What an input holds before anybody touches it. */
export function untouched(element: Json): Json {
  const type = asText(element['type']);
  const field = valueField(type);
  const initial =
    element[
      field === 'value' || field === 'rich_text_value'
        ? 'initial_value'
        : field.replace('selected', 'initial')
    ];
  const many = field.endsWith('s') ? [] : null;
  return { type, [field]: initial ?? many };
}

/** The options that an element shows, those in groups included. */
export function optionsOf(element: Json): readonly Json[] {
  return element['option_groups'] === undefined
    ? asList(element['options'])
    : asList(element['option_groups']).flatMap((group) => asList(group['options']));
}
