import type { Core } from './core.ts';
import {
  type InteractiveElement,
  initialValue,
  interactiveElements,
  optionsOf,
  valueField,
} from './interactive-elements.ts';
import { asJson, asList, asText, type Json } from './json.ts';
import type { SlackPerson } from './people.ts';
import type {
  UiAction,
  UiActionResult,
  UiHome,
  UiMessage,
  UiModal,
  UiOption,
  UiSurface,
  UiValue,
  UiValues,
} from './ui-contract.ts';
import { uiHome, uiMessages, uiModals } from './ui-state.ts';
import { visibleText } from './visible-text.ts';

/** Names an element: by its `action_id`, or by what is written on it, or by both and the button's `value`. */
export type ElementSelector =
  | string
  | { readonly actionId?: string; readonly text?: string; readonly value?: string };

/** What a person chooses or types; a list where several may be chosen, null to clear. */
export type InputEntry = string | readonly string[] | number | null;

/** A message as a person sees it, `shown` being all its words, block by block. */
export type VisibleMessage = UiMessage & { readonly shown: string };

/** Where to look for an element. Default: the open modal, else the Home or conversation that was opened last. */
export interface SearchScope {
  /** A conversation: its id, `#name`, or `dm` for the app's. */
  readonly in?: string;
}

/**
 * A person of the local Slack, to be played by a test or a rehearsal. Everything that the app has to acknowledge resolves
 * when it did, or when Slack gave up waiting. Conversations are named by id, `#name`, or `dm` for the app's own.
 */
export interface PersonDriver {
  readonly id: string;
  command(channel: string, text: string): Promise<UiActionResult>;
  write(channel: string, text: string): Promise<UiActionResult>;
  click(what: ElementSelector, where?: SearchScope): Promise<UiActionResult>;
  /** Chooses in a select, a date picker, checkboxes …; options by their value or by what is written on them. */
  select(what: ElementSelector, entry: InputEntry, where?: SearchScope): Promise<UiActionResult>;
  /** Types into an external select; what it then offers may be chosen. */
  search(what: ElementSelector, query: string, where?: SearchScope): Promise<readonly UiOption[]>;
  /** Fills in the open modal and submits it. Inputs by `action_id`, `block_id` or label. */
  submit(entries?: { readonly [input: string]: InputEntry }): Promise<UiActionResult>;
  close(): Promise<UiActionResult>;
  openHome(): Promise<UiActionResult>;
  /** Turns to a conversation; it counts as read. */
  open(channel: string): Promise<UiActionResult>;
  inviteBot(channel: string): Promise<UiActionResult>;
  /** What is in a conversation, oldest first. Does not turn to it. */
  messages(channel: string): readonly VisibleMessage[];
  modal(): (UiModal & { readonly shown: string }) | null;
  home(): (UiHome & { readonly shown: string }) | null;
  /** Lines such as `/status failed with the error "dispatch_failed"`. */
  notices(): readonly string[];
}

type FoundElement = InteractiveElement & { readonly surface: UiSurface };

/** The person, with nothing opened yet. */
export function personDriver(
  core: Core,
  person: SlackPerson,
  act: (action: UiAction) => Promise<UiActionResult>,
): PersonDriver {
  const { workspace } = core;
  const user = person.id;
  let openConversationId: string | 'home' | null = null;

  const channelId = (nameOrId: string): string => {
    if (nameOrId === 'dm') return workspace.dmWith(user).id;
    if (!nameOrId.startsWith('#')) return nameOrId;
    const found = [...workspace.conversations.values()].find(({ name }) => name === nameOrId.slice(1));
    if (!found) throw new Error(`Cannot find the channel ${nameOrId}`);
    return found.id;
  };

  const onScreen = ({ in: place }: SearchScope): readonly FoundElement[] => {
    const modal = uiModals(core, person).at(-1);
    if (modal && place === undefined) return locate(modal.blocks, { kind: 'view', viewId: modal.viewId });
    const scope = place === undefined ? openConversationId : channelId(place);
    if (scope === null) throw new Error(`${person.name} has opened nothing yet: say where to look`);
    if (scope === 'home') return locate(uiHome(core, person)?.blocks ?? [], { kind: 'home' });
    // The newest message first, as one reads up from the bottom.
    return uiMessages(core, person, scope)
      .flatMap((message) => [message, ...message.replies])
      .toReversed()
      .flatMap(({ blocks, ts }) => locate(blocks, { kind: 'message', channel: scope, ts }));
  };

  const find = (selector: ElementSelector, scope: SearchScope): FoundElement => {
    const screen = onScreen(scope);
    const found = screen.find((one) => matchesSelector(one, selector));
    if (found) return found;
    const isInScope =
      screen.map((one) => `${one.actionId} (${labelOf(one)})`).join(', ') || 'nothing to touch';
    throw new Error(
      `${person.name} cannot find ${JSON.stringify(selector)} on screen: there is ${isInScope}`,
    );
  };

  const interact = ({ surface, blockId, actionId }: FoundElement, value: UiValue): Promise<UiActionResult> =>
    act({ kind: 'action', user, surface, blockId, actionId, value });

  const enterValue = (found: InteractiveElement, surface: UiSurface, entry: InputEntry): UiValue => {
    const key = surface.kind === 'message' ? `${surface.channel}/${surface.ts}` : keyOf(surface);
    const searchedOptions = core.inputState.optionsFor(user, key, found.actionId);
    return valueFor(found, entry, searchedOptions);
  };

  const keyOf = (surface: Exclude<UiSurface, { kind: 'message' }>): string =>
    surface.kind === 'view' ? surface.viewId : (workspace.homes.get(user)?.id ?? '');

  return {
    id: user,
    command: (channel, text) => {
      openConversationId = channelId(channel);
      return act({ kind: 'command', user, channel: openConversationId, text });
    },
    write: (channel, text) => {
      openConversationId = channelId(channel);
      return act({ kind: 'message', user, channel: openConversationId, text });
    },
    click: async (selector, scope = {}) => {
      const found = find(selector, scope);
      const type = found.type === 'icon_button' ? 'icon_button' : 'button';
      return interact(found, { type });
    },
    select: async (selector, entry, scope = {}) => {
      const found = find(selector, scope);
      return interact(found, enterValue(found, found.surface, entry));
    },
    search: async (selector, query, scope = {}) => {
      const { surface, blockId, actionId } = find(selector, scope);
      const answer = await act({ kind: 'options', user, surface, blockId, actionId, query });
      if (!answer.ok) throw new Error(answer.error);
      return [...(answer.options ?? []), ...(answer.option_groups ?? []).flatMap(({ options }) => options)];
    },
    submit: async (entries = {}) => {
      const modal = uiModals(core, person).at(-1);
      if (!modal) throw new Error(`${person.name} has no modal open`);
      const surface = { kind: 'view', viewId: modal.viewId } as const;
      const inputs = interactiveElements(modal.blocks);
      const values: Record<string, Record<string, UiValue>> = {};
      for (const [name, entry] of Object.entries(entries)) {
        const input = inputs.find(
          (one) => one.actionId === name || one.blockId === name || labelOf(one) === name,
        );
        if (!input)
          throw new Error(
            `Cannot find the input ${name}: there is ${inputs.map((one) => `${one.actionId} (${labelOf(one)})`).join(', ')}`,
          );
        values[input.blockId] = {
          ...values[input.blockId],
          [input.actionId]: enterValue(input, surface, entry),
        };
      }
      return act({ kind: 'submit', user, viewId: modal.viewId, values: values satisfies UiValues });
    },
    close: async () => {
      const modal = uiModals(core, person).at(-1);
      if (!modal) throw new Error(`${person.name} has no modal open`);
      return act({ kind: 'close', user, viewId: modal.viewId });
    },
    openHome: () => {
      openConversationId = 'home';
      return act({ kind: 'openHome', user });
    },
    open: (channel) => {
      openConversationId = channelId(channel);
      return act({ kind: 'openConversation', user, channel: openConversationId });
    },
    inviteBot: (channel) => act({ kind: 'inviteBot', user, channel: channelId(channel) }),
    messages: (channel) =>
      uiMessages(core, person, channelId(channel)).map((message) => ({
        ...message,
        shown: visibleText(message.blocks) || message.text,
      })),
    modal: () => {
      const top = uiModals(core, person).at(-1);
      return top ? { ...top, shown: visibleText(top.blocks) } : null;
    },
    home: () => {
      const view = uiHome(core, person);
      return view && { ...view, shown: visibleText(view.blocks) };
    },
    notices: () => workspace.notices.filter((one) => one.userId === user).map(({ text }) => text),
  };
}

function locate(blocks: readonly Json[], surface: UiSurface): readonly FoundElement[] {
  return interactiveElements(blocks).map((one) => ({ ...one, surface }));
}

function matchesSelector(found: InteractiveElement, selector: ElementSelector): boolean {
  if (typeof selector === 'string') return found.actionId === selector;
  return (
    (selector.actionId === undefined || found.actionId === selector.actionId) &&
    (selector.text === undefined || labelOf(found) === selector.text) &&
    (selector.value === undefined || found.element['value'] === selector.value)
  );
}

/** What is written on a button, or beside an input. */
function labelOf({ element, block }: InteractiveElement): string {
  return (
    asText(asJson(element['text'])['text']) ||
    asText(asJson(block['label'])['text']) ||
    asText(asJson(element['placeholder'])['text'])
  );
}

/** An entry in Slack's shape. Options that are not on offer are passed on, for the server to refuse. */
function valueFor(
  { element, type }: InteractiveElement,
  entry: InputEntry,
  searchedOptions: readonly Json[],
): UiValue {
  const field = valueField(type);
  const options = [
    ...optionsOf(element),
    ...searchedOptions,
    ...asList(element['initial_options']),
    asJson(element['initial_option']),
  ];
  const option = (wanted: string): Json =>
    options.find((one) => one['value'] === wanted) ??
    options.find((one) => asText(asJson(one['text'])['text']) === wanted) ?? { value: wanted };

  if (entry === null) return { ...initialValue({ type }) } as unknown as UiValue;
  if (field === 'selected_option') return { type, [field]: option(String(entry)) } as unknown as UiValue;
  if (field === 'selected_options')
    return { type, [field]: [entry].flat().map((one) => option(String(one))) } as unknown as UiValue;
  return { type, [field]: entry } as unknown as UiValue;
}
