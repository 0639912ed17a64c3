import type { MultiSelect, Select } from '@slack/types';
import type { UiOption, UiState, UiValue } from '../../ui-contract.ts';
import { replaceShortcodes } from './emoji.ts';

/** One line of a select's menu. */
export interface SelectItem {
  readonly value: string;
  readonly label: string;
  readonly detail?: string | undefined;
  /** The person whose avatar is shown beside it. */
  readonly person?: string;
  readonly option: UiOption;
}

export interface SelectGroup {
  readonly label: string | undefined;
  readonly items: readonly SelectItem[];
}

/** What a select offers without asking the bot. */
export function optionGroupsOf(element: Select | MultiSelect, state: UiState): readonly SelectGroup[] {
  switch (element.type) {
    case 'static_select':
    case 'multi_static_select':
      return element.option_groups
        ? element.option_groups.map((group) => ({
            label: replaceShortcodes(group.label.text),
            items: group.options.map((option) => toItem(option as unknown as UiOption)),
          }))
        : [
            {
              label: undefined,
              items: (element.options ?? []).map((option) => toItem(option as unknown as UiOption)),
            },
          ];
    case 'users_select':
    case 'multi_users_select':
      return [{ label: undefined, items: people(state) }];
    case 'channels_select':
    case 'multi_channels_select':
      return [{ label: undefined, items: channels(state, false) }];
    case 'conversations_select':
    case 'multi_conversations_select':
      return [{ label: undefined, items: [...channels(state, true), ...people(state)] }];
    case 'external_select':
    case 'multi_external_select':
      return [];
    default:
      return [];
  }
}

/** The line that an option makes. */
export function toItem(option: UiOption): SelectItem {
  return {
    value: option.value,
    label: replaceShortcodes(textOf(option.text) ?? option.value),
    detail: option.description && replaceShortcodes(textOf(option.description) ?? ''),
    option,
  };
}

/** Groups with only the lines that hold all the words typed. */
export function filterGroups(groups: readonly SelectGroup[], query: string): readonly SelectGroup[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return groups
    .map((group) => ({
      ...group,
      items: group.items.filter((item) =>
        words.every((word) => `${item.label} ${item.detail ?? ''}`.toLowerCase().includes(word)),
      ),
    }))
    .filter(({ items }) => items.length > 0);
}

/** What is chosen: what the surface remembers, or else what the bot chose in advance. */
export function selectedItems(
  element: Select | MultiSelect,
  value: UiValue | undefined,
  state: UiState,
): readonly SelectItem[] {
  const known = optionGroupsOf(element, state).flatMap(({ items }) => items);
  const byId = (ids: readonly (string | null | undefined)[]) =>
    ids
      .filter((id): id is string => Boolean(id))
      .map((id) => known.find((item) => item.value === id) ?? toItem({ value: id }));
  const byOption = (options: readonly (UiOption | null | undefined)[]) =>
    options.filter((option): option is UiOption => Boolean(option)).map(withKnownLabels(known));

  switch (value?.type) {
    case 'static_select':
    case 'external_select':
      return byOption([value.selected_option]);
    case 'multi_static_select':
    case 'multi_external_select':
      return byOption(value.selected_options);
    case 'users_select':
      return byId([value.selected_user]);
    case 'multi_users_select':
      return byId(value.selected_users);
    case 'channels_select':
      return byId([value.selected_channel]);
    case 'multi_channels_select':
      return byId(value.selected_channels);
    case 'conversations_select':
      return byId([value.selected_conversation]);
    case 'multi_conversations_select':
      return byId(value.selected_conversations);
    default:
      return initialItems(element, byId, byOption);
  }
}

/** A choice in the words of the wire. */
export function valueFor(element: Select | MultiSelect, items: readonly SelectItem[]): UiValue {
  const first = items[0];
  const ids = items.map(({ value }) => value);
  const options = items.map(({ option }) => option);
  switch (element.type) {
    case 'static_select':
    case 'external_select':
      return { type: element.type, selected_option: first?.option ?? null };
    case 'multi_static_select':
    case 'multi_external_select':
      return { type: element.type, selected_options: options };
    case 'users_select':
      return { type: element.type, selected_user: first?.value ?? null };
    case 'multi_users_select':
      return { type: element.type, selected_users: ids };
    case 'channels_select':
      return { type: element.type, selected_channel: first?.value ?? null };
    case 'multi_channels_select':
      return { type: element.type, selected_channels: ids };
    case 'conversations_select':
      return { type: element.type, selected_conversation: first?.value ?? null };
    case 'multi_conversations_select':
      return { type: element.type, selected_conversations: ids };
    default:
      throw new Error(`No such select: ${(element as { type: string }).type}`);
  }
}

function initialItems(
  element: Select | MultiSelect,
  byId: (ids: readonly (string | undefined)[]) => readonly SelectItem[],
  byOption: (options: readonly (UiOption | undefined)[]) => readonly SelectItem[],
): readonly SelectItem[] {
  switch (element.type) {
    case 'static_select':
    case 'external_select':
      return byOption([element.initial_option as unknown as UiOption | undefined]);
    case 'multi_static_select':
    case 'multi_external_select':
      return byOption((element.initial_options ?? []) as unknown as UiOption[]);
    case 'users_select':
      return byId([element.initial_user]);
    case 'multi_users_select':
      return byId(element.initial_users ?? []);
    case 'channels_select':
      return byId([element.initial_channel]);
    case 'multi_channels_select':
      return byId(element.initial_channels ?? []);
    case 'conversations_select':
      return byId([element.initial_conversation]);
    case 'multi_conversations_select':
      return byId(element.initial_conversations ?? []);
    default:
      return [];
  }
}

/** The server may remember no more than a value: the words come from what is offered. */
function withKnownLabels(known: readonly SelectItem[]) {
  return (option: UiOption): SelectItem =>
    option.text ? toItem(option) : (known.find(({ value }) => value === option.value) ?? toItem(option));
}

function people(state: UiState): SelectItem[] {
  return state.people
    .filter(({ kind }) => kind !== 'deactivated')
    .map((person) => ({
      value: person.id,
      label: person.name,
      detail: person.kind === 'external' ? person.teamName : person.title,
      person: person.id,
      option: { value: person.id },
    }));
}

function channels(state: UiState, withDms: boolean): SelectItem[] {
  return state.channels
    .filter(({ kind }) => kind === 'channel' || (withDms && kind === 'dm'))
    .map(({ id, name, kind }) => ({
      value: id,
      label: kind === 'channel' ? `# ${name}` : name,
      option: { value: id },
    }));
}

function textOf(text: { readonly [field: string]: unknown } | undefined): string | undefined {
  const { text: words } = text ?? {};
  return typeof words === 'string' ? words : undefined;
}
