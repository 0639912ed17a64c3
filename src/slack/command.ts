import { distance } from 'fastest-levenshtein';

/** The slash command, as the manifest registers it. */
export const COMMAND = '/mfa-status';

/** What can be typed after the command: the parser, the help and the suggestions all read this table. */
export const SUBCOMMANDS = [
  { word: '', takes: '', does: 'the company at a glance: coverage, what changed, who falls short' },
  { word: 'mine', takes: '', does: 'the accounts that you answer for' },
  { word: 'failing', takes: '', does: 'every account that falls short, worst first' },
  { word: 'all', takes: '', does: 'every account' },
  { word: 'owner', takes: '@person', does: 'the accounts of somebody else' },
  { word: 'ou', takes: '/Path', does: 'the accounts of an org unit and below it' },
  { word: 'fix', takes: '[account]', does: 'how to fix an account, step by step; yours, if you name none' },
  { word: 'request', takes: '[account]', does: 'ask for a hardware key' },
  { word: 'requests', takes: '', does: 'the keys you asked for; for admins, all that somebody waits for' },
  { word: 'trend', takes: '', does: 'twelve weeks, as a chart' },
  { word: 'export', takes: '[csv|json]', does: 'a file with what you may see, by direct message' },
  { word: 'scan', takes: '', does: 'look at all accounts now', adminsOnly: true },
  { word: 'reminders', takes: '', does: 'who is reminded of what, and when', adminsOnly: true },
  { word: 'audit', takes: '[account]', does: 'who decided what, and when', adminsOnly: true },
  { word: 'help', takes: '', does: 'this list' },
] as const satisfies readonly Subcommand[];

export interface Subcommand {
  /** Empty: nothing typed. */
  readonly word: string;
  /** What follows the word, as help shows it. */
  readonly takes: string;
  readonly does: string;
  readonly adminsOnly?: true;
}

export type Word = (typeof SUBCOMMANDS)[number]['word'];

/** What somebody asked for. */
export type Request =
  | { readonly kind: 'subcommand'; readonly word: Word; readonly rest: string }
  /** No subcommand: an account's id, its name, a part of it, or something mistyped. */
  | { readonly kind: 'account'; readonly text: string; readonly perhaps: Word | null };

const WORDS = new Map<string, Word>(SUBCOMMANDS.map(({ word }) => [word, word]));

/** What a text after the command asks for. A text that is nearly a subcommand may still be an account's name. */
export function parseCommand(text: string): Request {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  const [first = '', ...others] = trimmed.split(' ');
  const rest = others.join(' ');
  const word = WORDS.get(first.toLowerCase());

  if (word !== undefined && (rest === '' || takesMore(word))) return { kind: 'subcommand', word, rest };
  return {
    kind: 'account',
    text: trimmed,
    perhaps: rest === '' || takesMore(nearest(first)) ? nearest(first) : null,
  };
}

/** The person that was typed: a mention in either form, a Slack id, or an e-mail; undefined when it is none. */
export function personIn(text: string): { readonly id: string } | { readonly handle: string } | undefined {
  const [, mentioned] = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(text) ?? [];
  if (mentioned) return { id: mentioned };
  if (/^[UW][A-Z0-9]{5,}$/.test(text)) return { id: text };
  const handle = text.replace(/^@/, '').trim();
  return handle === '' ? undefined : { handle };
}

function takesMore(word: Word | null): boolean {
  return SUBCOMMANDS.some((one) => one.word === word && one.takes !== '');
}

function nearest(text: string): Word | null {
  const typed = text.toLowerCase();
  const [best] = [...WORDS.values()]
    .filter((word) => word !== '')
    .map((word) => ({ word, away: distance(word, typed) }))
    .sort((a, b) => a.away - b.away);
  return best && best.away <= (best.word.length > 4 ? 2 : 1) ? best.word : null;
}
