import type { LetterAccount, RequestStep } from '../../../domain/notification.ts';
import { TOKEN_KINDS, type TokenKind, type TokenRequest } from '../../../domain/token-request.ts';
import { joined, type Markup, md, mention, moment, short } from '../shared/blocks.ts';
import { counted } from '../shared/wording.ts';

/** How far a request is, for whoever waits. */
export const TOKEN_STATE = {
  requested: { emoji: ':hourglass_flowing_sand:', name: 'Waiting for approval' },
  approved: { emoji: ':white_check_mark:', name: 'Approved, to be sent' },
  shipped: { emoji: ':package:', name: 'On the way' },
  received: { emoji: ':inbox_tray:', name: 'Arrived, to be registered' },
  enrolled: { emoji: ':tada:', name: 'Done, seen on root' },
  declined: { emoji: ':no_entry_sign:', name: 'Declined' },
  cancelled: { emoji: ':heavy_minus_sign:', name: 'Cancelled' },
} as const satisfies Record<TokenRequest['state'], { readonly emoji: string; readonly name: string }>;

const DID = {
  requested: 'asked',
  approved: 'approved it',
  shipped: 'sent it',
  received: 'has it',
  enrolled: 'saw it on root',
  declined: 'declined it',
  cancelled: 'cancelled it',
} as const satisfies Record<TokenRequest['state'], string>;

const ACCOUNTS_SHOWN = 10;
const NOTE_LENGTH = 300;

/** `2 security keys` */
export function howMany(kind: TokenKind, quantity: number): string {
  return counted(quantity, TOKEN_KINDS[kind].name.toLowerCase());
}

/** The names of accounts, in bold. */
export function accountNames(accounts: readonly LetterAccount[]): Markup {
  const more = accounts.length - ACCOUNTS_SHOWN;
  const names = accounts.slice(0, ACCOUNTS_SHOWN).map(({ name }) => md`*${short(name, 60)}*`);
  return joined([...names, ...(more > 0 ? [md`${counted(more, 'more account')}`] : [])], ', ');
}

/** What somebody said, in quotation marks; nothing where they said nothing. */
export function quoted(said: string | null): Markup {
  return said === null ? md`` : md`: “${short(said, NOTE_LENGTH)}”`;
}

/** `@Sam approved it, Nov 24 at 10:00` */
export function stepWords({ state, by, at, note }: RequestStep): Markup {
  const who = by === null || by === 'bot' ? md`I` : mention(by);
  return joined([who, md` ${DID[state]} `, moment(new Date(at)), quoted(note)], '');
}
