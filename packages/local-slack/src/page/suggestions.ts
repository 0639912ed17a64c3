import type { UiChannel, UiCommand, UiPerson } from '../ui-contract.ts';

/** What can be completed where the caret stands: from which character on, and with what. */
export interface Completion {
  readonly from: number;
  readonly choices: readonly Choice[];
}

export type Choice =
  | { readonly kind: 'command'; readonly insert: string; readonly command: UiCommand }
  | { readonly kind: 'person'; readonly insert: string; readonly person: UiPerson }
  | { readonly kind: 'channel'; readonly insert: string; readonly channel: UiChannel };

const MOST_CHOICES = 8;

/** What the words before the caret may become: a slash command at the start, an @person, a #channel. */
export function complete(
  beforeCaret: string,
  world: {
    readonly commands: readonly UiCommand[];
    readonly people: readonly UiPerson[];
    readonly channels: readonly UiChannel[];
  },
): Completion | undefined {
  const command = /^\/\S*$/.exec(beforeCaret)?.[0].toLowerCase();
  if (command !== undefined) {
    return offered(
      0,
      world.commands
        .filter(({ name }) => name.toLowerCase().startsWith(command) || name.includes(command.slice(1)))
        .map((found) => ({ kind: 'command', insert: `${found.name} `, command: found })),
    );
  }

  const word = /(?:^|\s)([@#])([^\s@#]*(?: [^\s@#]*)?)$/.exec(beforeCaret);
  if (!word) return undefined;
  const [, sign, typed = ''] = word;
  const from = beforeCaret.length - typed.length - 1;
  const wanted = typed.toLowerCase();

  if (sign === '@') {
    return offered(
      from,
      world.people
        .filter(({ name }) => matches(name, wanted))
        .map((person) => ({ kind: 'person', insert: `@${person.name} `, person })),
    );
  }
  return offered(
    from,
    world.channels
      .filter(({ kind, name }) => kind === 'channel' && matches(name, wanted))
      .map((channel) => ({ kind: 'channel', insert: `#${channel.name} `, channel })),
  );
}

function offered(from: number, choices: readonly Choice[]): Completion | undefined {
  return choices.length > 0 ? { from, choices: choices.slice(0, MOST_CHOICES) } : undefined;
}

function matches(name: string, wanted: string): boolean {
  const lower = name.toLowerCase();
  return lower.startsWith(wanted) || lower.split(/[\s-]+/).some((part) => part.startsWith(wanted));
}
