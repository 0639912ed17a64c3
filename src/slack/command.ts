import { distance } from 'fastest-levenshtein';

/** The slash command, as the manifest registers it. */
export const COMMAND = '/mfa-status';

/** Something that only admins can ask for. */
export interface AdminsOnly {
  /** What the audit log calls it. */
  readonly what: string;
  /** What anyone else reads. */
  readonly denial: string;
}

export const ADMINS_ONLY = {
  scan: {
    what: 'a scan of all accounts',
    denial: 'Only admins can scan all accounts. To check one account now, open it and select “Check now”.',
  },
  reminders: {
    what: 'the list of reminders',
    denial: 'Only admins can see who gets which reminder.',
  },
  audit: {
    what: 'the audit log',
    denial: 'The audit log is for admins only. To see decisions about your own account, open it.',
  },
  evidence: {
    what: 'an evidence pack',
    denial: 'Only admins can export evidence. To get your own accounts as a file, type /mfa-status export.',
  },
} as const satisfies Readonly<Record<string, AdminsOnly>>;

/** What can be typed after the command: the parser, the help and the suggestions all read this table. */
export const SUBCOMMANDS = [
  { word: '', args: '', description: 'the company at a glance' },
  { word: 'mine', args: '', description: 'the accounts you own' },
  { word: 'failing', args: '', description: 'non-compliant accounts, worst first' },
  { word: 'all', args: '', description: 'all accounts' },
  { word: 'credentials', args: '', description: 'member accounts that still have root credentials' },
  { word: 'owner', args: '@person', description: 'the accounts of another owner' },
  { word: 'ou', args: '/Path', description: 'the accounts of an org unit and its sub-units' },
  {
    word: 'fix',
    args: '[account]',
    description: 'how to fix an account, step by step',
  },
  { word: 'request', args: '[account]', description: 'request a hardware key' },
  {
    word: 'requests',
    args: '',
    description: 'your key requests; for admins, all open ones',
  },
  {
    word: 'keys',
    args: '[account]',
    description: 'which keys root has, and who holds them',
  },
  { word: 'events', args: '[account]', description: 'what root users did, newest first' },
  { word: 'trend', args: '', description: 'coverage over the last 12 weeks, as a chart' },
  { word: 'targets', args: '', description: 'target dates: accounts to go, and the pace' },
  {
    word: 'export',
    args: '[csv|json]',
    description: 'the accounts you can see, as a file in a direct message',
  },
  {
    word: 'evidence',
    args: '[Q3 | 2026-07 | FROM TO] [redact]',
    description: 'an auditor’s ZIP file of a period; by default the last quarter',
    adminsOnly: ADMINS_ONLY.evidence,
  },
  { word: 'scan', args: '', description: 'check all accounts now', adminsOnly: ADMINS_ONLY.scan },
  {
    word: 'reminders',
    args: '',
    description: 'who gets which reminder, and when',
    adminsOnly: ADMINS_ONLY.reminders,
  },
  {
    word: 'audit',
    args: '[account]',
    description: 'who decided what, and when',
    adminsOnly: ADMINS_ONLY.audit,
  },
  { word: 'help', args: '', description: 'this list' },
] as const satisfies readonly Subcommand[];

export interface Subcommand {
  /** Empty: nothing typed. */
  readonly word: string;
  /** What follows the word, as help shows it. */
  readonly args: string;
  readonly description: string;
  readonly adminsOnly?: AdminsOnly;
}

export type SubcommandName = (typeof SUBCOMMANDS)[number]['word'];

/** What a person typed. */
export type ParsedCommand =
  | { readonly kind: 'subcommand'; readonly word: SubcommandName; readonly rest: string }
  /** No subcommand: an account's id, its name, a part of it, or something mistyped. */
  | { readonly kind: 'account'; readonly text: string; readonly suggestion: SubcommandName | null };

const SUBCOMMAND_NAMES = new Map<string, SubcommandName>(SUBCOMMANDS.map(({ word }) => [word, word]));

/** What a text after the command asks for. A text that is nearly a subcommand may still be an account's name. */
export function parseCommand(text: string): ParsedCommand {
  const trimmed = text.trim().replace(/\s+/g, ' ');
  const [first = '', ...others] = trimmed.split(' ');
  const rest = others.join(' ');
  const word = SUBCOMMAND_NAMES.get(first.toLowerCase());

  if (word !== undefined && (rest === '' || acceptsArgs(word))) return { kind: 'subcommand', word, rest };
  return {
    kind: 'account',
    text: trimmed,
    suggestion: rest === '' || acceptsArgs(nearestSubcommand(first)) ? nearestSubcommand(first) : null,
  };
}

/** The person that was typed: a mention in either form, a Slack id, or an e-mail; undefined when it is none. */
export function parsePerson(text: string): { readonly id: string } | { readonly handle: string } | undefined {
  const [, mentioned] = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(text) ?? [];
  if (mentioned) return { id: mentioned };
  if (/^[UW][A-Z0-9]{5,}$/.test(text)) return { id: text };
  const handle = text.replace(/^@/, '').trim();
  return handle === '' ? undefined : { handle };
}

function acceptsArgs(word: SubcommandName | null): boolean {
  return SUBCOMMANDS.some((subcommand) => subcommand.word === word && subcommand.args !== '');
}

function nearestSubcommand(text: string): SubcommandName | null {
  const typed = text.toLowerCase();
  const [best] = [...SUBCOMMAND_NAMES.values()]
    .filter((word) => word !== '')
    .map((word) => ({ word, away: distance(word, typed) }))
    .sort((a, b) => a.away - b.away);
  return best && best.away <= (best.word.length > 4 ? 2 : 1) ? best.word : null;
}

/** Returns what an admin-only subcommand is; undefined for one that everyone can use. */
export function adminsOnlyPart(name: SubcommandName): AdminsOnly | undefined {
  const subcommands: readonly Subcommand[] = SUBCOMMANDS;
  return subcommands.find(({ word }) => word === name)?.adminsOnly;
}
