import type { UiChannel, UiCommand, UiPerson } from '../ui-contract.ts';

/** The completion at the caret: from which character on, and with which suggestions. */
export interface Completion {
  readonly from: number;
  readonly suggestions: readonly Suggestion[];
}

export type Suggestion =
  | { readonly kind: 'command'; readonly insert: string; readonly command: UiCommand }
  | { readonly kind: 'person'; readonly insert: string; readonly person: UiPerson }
  | { readonly kind: 'channel'; readonly insert: string; readonly channel: UiChannel };

const MAX_SUGGESTIONS = 8;

/** What the words before the caret may become: a slash command at the start, an @person, a #channel. */
export function complete(
  beforeCaret: string,
  sources: {
    readonly commands: readonly UiCommand[];
    readonly people: readonly UiPerson[];
    readonly channels: readonly UiChannel[];
  },
): Completion | undefined {
  const command = /^\/\S*$/.exec(beforeCaret)?.[0].toLowerCase();
  if (command !== undefined) {
    return suggest(
      0,
      sources.commands
        .filter(({ name }) => name.toLowerCase().startsWith(command) || name.includes(command.slice(1)))
        .map((found) => ({ kind: 'command', insert: `${found.name} `, command: found })),
    );
  }

  const word = /(?:^|\s)([@#])([^\s@#]*(?: [^\s@#]*)?)$/.exec(beforeCaret);
  if (!word) return undefined;
  const [, sign, typed = ''] = word;
  const from = beforeCaret.length - typed.length - 1;
  const query = typed.toLowerCase();

  if (sign === '@') {
    return suggest(
      from,
      sources.people
        .filter(({ name }) => matches(name, query))
        .map((person) => ({ kind: 'person', insert: `@${person.name} `, person })),
    );
  }
  return suggest(
    from,
    sources.channels
      .filter(({ kind, name }) => kind === 'channel' && matches(name, query))
      .map((channel) => ({ kind: 'channel', insert: `#${channel.name} `, channel })),
  );
}

function suggest(from: number, suggestions: readonly Suggestion[]): Completion | undefined {
  return suggestions.length > 0 ? { from, suggestions: suggestions.slice(0, MAX_SUGGESTIONS) } : undefined;
}

function matches(name: string, query: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith(query) || lower.split(/[\s-]+/).some((part) => part.startsWith(query));
}
