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
 * A person of the local Slack, for a test or a demo to act as. Everything that the app has to acknowledge resolves
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

/** Returns a driver of the person, with nothing opened yet. */
export function personDriver(
  core: Core,
  person: SlackPerson,
  act: (action: UiAction) => Promise<UiActionResult>,
): PersonDriver {
  return new ActingPerson(core, person, act);
}

class ActingPerson implements PersonDriver {
  readonly id: string;
  readonly #core: Core;
  readonly #person: SlackPerson;
  readonly #act: (action: UiAction) => Promise<UiActionResult>;
  #openConversationId: string | 'home' | null = null;

  constructor(core: Core, person: SlackPerson, act: (action: UiAction) => Promise<UiActionResult>) {
    this.id = person.id;
    this.#core = core;
    this.#person = person;
    this.#act = act;
  }

  async command(channel: string, text: string): Promise<UiActionResult> {
    return this.#act({ kind: 'command', user: this.id, channel: this.#turnTo(channel), text });
  }

  async write(channel: string, text: string): Promise<UiActionResult> {
    return this.#act({ kind: 'message', user: this.id, channel: this.#turnTo(channel), text });
  }

  async click(selector: ElementSelector, scope: SearchScope = {}): Promise<UiActionResult> {
    const found = this.#find(selector, scope);
    return this.#interact(found, { type: found.type === 'icon_button' ? 'icon_button' : 'button' });
  }

  async select(
    selector: ElementSelector,
    entry: InputEntry,
    scope: SearchScope = {},
  ): Promise<UiActionResult> {
    const found = this.#find(selector, scope);
    return this.#interact(found, this.#enterValue(found, found.surface, entry));
  }

  async search(
    selector: ElementSelector,
    query: string,
    scope: SearchScope = {},
  ): Promise<readonly UiOption[]> {
    const { surface, blockId, actionId } = this.#find(selector, scope);
    const answer = await this.#act({ kind: 'options', user: this.id, surface, blockId, actionId, query });
    if (!answer.ok) throw new Error(answer.error);
    return [...(answer.options ?? []), ...(answer.option_groups ?? []).flatMap(({ options }) => options)];
  }

  async submit(entries: { readonly [input: string]: InputEntry } = {}): Promise<UiActionResult> {
    const { viewId, blocks } = this.#openModal();
    const inputs = interactiveElements(blocks);
    const values: Record<string, Record<string, UiValue>> = {};
    for (const [name, entry] of Object.entries(entries)) {
      const input = findInput(inputs, name);
      values[input.blockId] = {
        ...values[input.blockId],
        [input.actionId]: this.#enterValue(input, { kind: 'view', viewId }, entry),
      };
    }
    return this.#act({ kind: 'submit', user: this.id, viewId, values: values satisfies UiValues });
  }

  async close(): Promise<UiActionResult> {
    return this.#act({ kind: 'close', user: this.id, viewId: this.#openModal().viewId });
  }

  async openHome(): Promise<UiActionResult> {
    this.#openConversationId = 'home';
    return this.#act({ kind: 'openHome', user: this.id });
  }

  async open(channel: string): Promise<UiActionResult> {
    return this.#act({ kind: 'openConversation', user: this.id, channel: this.#turnTo(channel) });
  }

  async inviteBot(channel: string): Promise<UiActionResult> {
    return this.#act({ kind: 'inviteBot', user: this.id, channel: this.#channelId(channel) });
  }

  messages(channel: string): readonly VisibleMessage[] {
    return uiMessages(this.#core, this.#person, this.#channelId(channel)).map((message) => ({
      ...message,
      shown: visibleText(message.blocks) || message.text,
    }));
  }

  modal(): (UiModal & { readonly shown: string }) | null {
    const top = uiModals(this.#core, this.#person).at(-1);
    return top ? { ...top, shown: visibleText(top.blocks) } : null;
  }

  home(): (UiHome & { readonly shown: string }) | null {
    const view = uiHome(this.#core, this.#person);
    return view && { ...view, shown: visibleText(view.blocks) };
  }

  notices(): readonly string[] {
    return this.#core.workspace.notices.filter(({ userId }) => userId === this.id).map(({ text }) => text);
  }

  /** Returns the ID of the conversation, which is the open one from now on. */
  #turnTo(channel: string): string {
    const id = this.#channelId(channel);
    this.#openConversationId = id;
    return id;
  }

  #channelId(nameOrId: string): string {
    const { workspace } = this.#core;
    if (nameOrId === 'dm') return workspace.dmWith(this.id).id;
    if (!nameOrId.startsWith('#')) return nameOrId;
    const found = [...workspace.conversations.values()].find(({ name }) => name === nameOrId.slice(1));
    if (!found) throw new Error(`Cannot find the channel ${nameOrId}`);
    return found.id;
  }

  #openModal(): UiModal {
    const modal = uiModals(this.#core, this.#person).at(-1);
    if (!modal) throw new Error(`${this.#person.name} has no modal open`);
    return modal;
  }

  #find(selector: ElementSelector, scope: SearchScope): FoundElement {
    const screen = this.#onScreen(scope);
    const found = screen.find((one) => matchesSelector(one, selector));
    if (found) return found;
    throw new Error(
      `${this.#person.name} cannot find ${JSON.stringify(selector)} on screen: there is ${listElements(screen) || 'nothing to interact with'}`,
    );
  }

  #onScreen({ in: place }: SearchScope): readonly FoundElement[] {
    const modal = uiModals(this.#core, this.#person).at(-1);
    if (modal && place === undefined) return locate(modal.blocks, { kind: 'view', viewId: modal.viewId });
    const scope = place === undefined ? this.#openConversationId : this.#channelId(place);
    if (scope === null) throw new Error(`${this.#person.name} has opened nothing yet: say where to look`);
    if (scope === 'home') return locate(uiHome(this.#core, this.#person)?.blocks ?? [], { kind: 'home' });
    // The newest message first, as one reads up from the bottom.
    return uiMessages(this.#core, this.#person, scope)
      .flatMap((message) => [message, ...message.replies])
      .toReversed()
      .flatMap(({ blocks, ts }) => locate(blocks, { kind: 'message', channel: scope, ts }));
  }

  #interact({ surface, blockId, actionId }: FoundElement, value: UiValue): Promise<UiActionResult> {
    return this.#act({ kind: 'action', user: this.id, surface, blockId, actionId, value });
  }

  #enterValue(found: InteractiveElement, surface: UiSurface, entry: InputEntry): UiValue {
    const searchedOptions = this.#core.inputState.optionsFor(this.id, this.#keyOf(surface), found.actionId);
    return valueFor(found, entry, searchedOptions);
  }

  #keyOf(surface: UiSurface): string {
    switch (surface.kind) {
      case 'message':
        return `${surface.channel}/${surface.ts}`;
      case 'view':
        return surface.viewId;
      case 'home':
        return this.#core.workspace.homes.get(this.id)?.id ?? '';
    }
  }
}

function findInput(inputs: readonly InteractiveElement[], name: string): InteractiveElement {
  const input = inputs.find((one) => one.actionId === name || one.blockId === name || labelOf(one) === name);
  if (!input) throw new Error(`Cannot find the input ${name}: there is ${listElements(inputs)}`);
  return input;
}

function listElements(elements: readonly InteractiveElement[]): string {
  return elements.map((one) => `${one.actionId} (${labelOf(one)})`).join(', ');
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
