import type { Core } from './core.ts';
import { asJson, asList, asText, type Json } from './json.ts';
import { optionsOf, type Touchable, touchables, untouched, valueField } from './interactive-elements.ts';
import type { Person } from './people.ts';
import { shownIn } from './visible-text.ts';
import type {
  UiAction,
  UiAnswer,
  UiHome,
  UiMessage,
  UiModal,
  UiOption,
  UiSurface,
  UiValue,
  UiValues,
} from './ui-contract.ts';
import { uiHome, uiMessages, uiModals } from './ui-state.ts';

/** Names an element: by its `action_id`, or by what is written on it, or by both and the button's `value`. */
export type Named = string | { readonly actionId?: string; readonly text?: string; readonly value?: string };

/** What a person chooses or types; a list where several may be chosen, null to clear. */
export type Entry = string | readonly string[] | number | null;

/** A message as a person sees it, `shown` being all its words, block by block. */
export type SeenMessage = UiMessage & { readonly shown: string };

/** Where to look for an element. Default: the open modal, else the Home or conversation that was opened last. */
export interface Where {
  /** A conversation: its id, `#name`, or `dm` for the app's. */
  readonly in?: string;
}

/**
 * A person of the local Slack, to be played by a test or a rehearsal. Everything that the app has to acknowledge resolves
 * when it did, or when Slack gave up waiting. Conversations are named by id, `#name`, or `dm` for the app's own.
 */
export interface PersonDriver {
  readonly id: string;
  command(channel: string, text: string): Promise<UiAnswer>;
  write(channel: string, text: string): Promise<UiAnswer>;
  click(what: Named, where?: Where): Promise<UiAnswer>;
  /** Chooses in a select, a date picker, checkboxes …; options by their value or by what is written on them. */
  select(what: Named, entry: Entry, where?: Where): Promise<UiAnswer>;
  /** Types into an external select; what it then offers may be chosen. */
  search(what: Named, query: string, where?: Where): Promise<readonly UiOption[]>;
  /** Fills in the open modal and submits it. Inputs by `action_id`, `block_id` or label. */
  submit(entries?: { readonly [input: string]: Entry }): Promise<UiAnswer>;
  close(): Promise<UiAnswer>;
  openHome(): Promise<UiAnswer>;
  /** Turns to a conversation; it counts as read. */
  open(channel: string): Promise<UiAnswer>;
  inviteBot(channel: string): Promise<UiAnswer>;
  /** What is in a conversation, oldest first. Does not turn to it. */
  see(channel: string): readonly SeenMessage[];
  modal(): (UiModal & { readonly shown: string }) | null;
  home(): (UiHome & { readonly shown: string }) | null;
  /** Lines such as `/mfa-status failed with the error "dispatch_failed"`. */
  notices(): readonly string[];
}

type Found = Touchable & { readonly surface: UiSurface };

/** The person, with nothing opened yet. */
export function personDriver(
  core: Core,
  person: Person,
  act: (action: UiAction) => Promise<UiAnswer>,
): PersonDriver {
  const { workspace } = core;
  const user = person.id;
  let looksAt: string | 'home' | null = null;

  const channelId = (named: string): string => {
    if (named === 'dm') return workspace.dmWith(user).id;
    if (!named.startsWith('#')) return named;
    const found = [...workspace.conversations.values()].find(({ name }) => name === named.slice(1));
    if (!found) throw new Error(`Cannot find the channel ${named}`);
    return found.id;
  };

  const onScreen = ({ in: place }: Where): readonly Found[] => {
    const modal = uiModals(core, person).at(-1);
    if (modal && place === undefined) return placed(modal.blocks, { kind: 'view', viewId: modal.viewId });
    const where = place === undefined ? looksAt : channelId(place);
    if (where === null) throw new Error(`${person.name} has opened nothing yet: say where to look`);
    if (where === 'home') return placed(uiHome(core, person)?.blocks ?? [], { kind: 'home' });
    // The newest message first, as one reads up from the bottom.
    return uiMessages(core, person, where)
      .flatMap((message) => [message, ...message.replies])
      .toReversed()
      .flatMap(({ blocks, ts }) => placed(blocks, { kind: 'message', channel: where, ts }));
  };

  const find = (what: Named, where: Where): Found => {
    const screen = onScreen(where);
    const found = screen.find((one) => isNamed(one, what));
    if (found) return found;
    const there = screen.map((one) => `${one.actionId} (${labelOf(one)})`).join(', ') || 'nothing to touch';
    throw new Error(`${person.name} cannot find ${JSON.stringify(what)} on screen: there is ${there}`);
  };

  const touch = ({ surface, blockId, actionId }: Found, value: UiValue): Promise<UiAnswer> =>
    act({ kind: 'action', user, surface, blockId, actionId, value });

  const entered = (found: Touchable, surface: UiSurface, entry: Entry): UiValue => {
    const key = surface.kind === 'message' ? `${surface.channel}/${surface.ts}` : keyOf(surface);
    const offered = core.held.offered(user, key, found.actionId);
    return valueFor(found, entry, offered);
  };

  const keyOf = (surface: Exclude<UiSurface, { kind: 'message' }>): string =>
    surface.kind === 'view' ? surface.viewId : (workspace.homes.get(user)?.id ?? '');

  return {
    id: user,
    command: (channel, text) => {
      looksAt = channelId(channel);
      return act({ kind: 'command', user, channel: looksAt, text });
    },
    write: (channel, text) => {
      looksAt = channelId(channel);
      return act({ kind: 'message', user, channel: looksAt, text });
    },
    click: async (what, where = {}) => {
      const found = find(what, where);
      const type = found.type === 'icon_button' ? 'icon_button' : 'button';
      return touch(found, { type });
    },
    select: async (what, entry, where = {}) => {
      const found = find(what, where);
      return touch(found, entered(found, found.surface, entry));
    },
    search: async (what, query, where = {}) => {
      const { surface, blockId, actionId } = find(what, where);
      const answer = await act({ kind: 'options', user, surface, blockId, actionId, query });
      if (!answer.ok) throw new Error(answer.error);
      return [...(answer.options ?? []), ...(answer.option_groups ?? []).flatMap(({ options }) => options)];
    },
    submit: async (entries = {}) => {
      const modal = uiModals(core, person).at(-1);
      if (!modal) throw new Error(`${person.name} has no modal open`);
      const surface = { kind: 'view', viewId: modal.viewId } as const;
      const inputs = touchables(modal.blocks);
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
          [input.actionId]: entered(input, surface, entry),
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
      looksAt = 'home';
      return act({ kind: 'openHome', user });
    },
    open: (channel) => {
      looksAt = channelId(channel);
      return act({ kind: 'openConversation', user, channel: looksAt });
    },
    inviteBot: (channel) => act({ kind: 'inviteBot', user, channel: channelId(channel) }),
    see: (channel) =>
      uiMessages(core, person, channelId(channel)).map((message) => ({
        ...message,
        shown: shownIn(message.blocks) || message.text,
      })),
    modal: () => {
      const top = uiModals(core, person).at(-1);
      return top ? { ...top, shown: shownIn(top.blocks) } : null;
    },
    home: () => {
      const view = uiHome(core, person);
      return view && { ...view, shown: shownIn(view.blocks) };
    },
    notices: () => workspace.notices.filter((one) => one.userId === user).map(({ text }) => text),
  };
}

function placed(blocks: readonly Json[], surface: UiSurface): readonly Found[] {
  return touchables(blocks).map((one) => ({ ...one, surface }));
}

function isNamed(found: Touchable, what: Named): boolean {
  if (typeof what === 'string') return found.actionId === what;
  return (
    (what.actionId === undefined || found.actionId === what.actionId) &&
    (what.text === undefined || labelOf(found) === what.text) &&
    (what.value === undefined || found.element['value'] === what.value)
  );
}

/** What is written on a button, or beside an input. */
function labelOf({ element, block }: Touchable): string {
  return (
    asText(asJson(element['text'])['text']) ||
    asText(asJson(block['label'])['text']) ||
    asText(asJson(element['placeholder'])['text'])
  );
}

/** An entry in Slack's shape. Options that are not on offer are passed on, for the server to refuse. */
function valueFor({ element, type }: Touchable, entry: Entry, offered: readonly Json[]): UiValue {
  const field = valueField(type);
  const options = [
    ...optionsOf(element),
    ...offered,
    ...asList(element['initial_options']),
    asJson(element['initial_option']),
  ];
  const option = (wanted: string): Json =>
    options.find((one) => one['value'] === wanted) ??
    options.find((one) => asText(asJson(one['text'])['text']) === wanted) ?? { value: wanted };

  if (entry === null) return { ...untouched({ type }) } as unknown as UiValue;
  if (field === 'selected_option') return { type, [field]: option(String(entry)) } as unknown as UiValue;
  if (field === 'selected_options')
    return { type, [field]: [entry].flat().map((one) => option(String(one))) } as unknown as UiValue;
  return { type, [field]: entry } as unknown as UiValue;
}
