import type { NotificationAccount, TokenRequestStep } from '../../../domain/notification.ts';
import { TOKEN_KINDS, type TokenKind, type TokenRequest } from '../../../domain/token-request.ts';
import { formatSlackDateTime, joinMarkup, type Markup, md, mention, truncate } from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

/** How far a request is, for whoever waits. */
export const TOKEN_STATE_TEXT = {
  requested: { emoji: ':hourglass_flowing_sand:', name: 'Waiting for approval' },
  approved: { emoji: ':white_check_mark:', name: 'Approved, to be sent' },
  shipped: { emoji: ':package:', name: 'On the way' },
  received: { emoji: ':inbox_tray:', name: 'Arrived, to be registered' },
  enrolled: { emoji: ':tada:', name: 'Done, seen on root' },
  declined: { emoji: ':no_entry_sign:', name: 'Declined' },
  cancelled: { emoji: ':heavy_minus_sign:', name: 'Cancelled' },
} as const satisfies Record<TokenRequest['state'], { readonly emoji: string; readonly name: string }>;

const STEP_VERB = {
  requested: 'asked',
  approved: 'approved it',
  shipped: 'sent it',
  received: 'has it',
  enrolled: 'saw it on root',
  declined: 'declined it',
  cancelled: 'cancelled it',
} as const satisfies Record<TokenRequest['state'], string>;

const MAX_ACCOUNTS = 10;
const MAX_NOTE_LENGTH = 300;

/** `2 security keys` */
export function tokenCountText(kind: TokenKind, quantity: number): string {
  return pluralize(quantity, TOKEN_KINDS[kind].name.toLowerCase());
}

/** The names of accounts, in bold. */
export function accountNames(accounts: readonly NotificationAccount[]): Markup {
  const more = accounts.length - MAX_ACCOUNTS;
  const names = accounts.slice(0, MAX_ACCOUNTS).map(({ name }) => md`*${truncate(name, 60)}*`);
  return joinMarkup([...names, ...(more > 0 ? [md`${pluralize(more, 'more account')}`] : [])], ', ');
}

/** What somebody said, in quotation marks; nothing where they said nothing. */
export function quotedNote(note: string | null): Markup {
  return note === null ? md`` : md`: “${truncate(note, MAX_NOTE_LENGTH)}”`;
}

/** `@Sam approved it, Nov 24 at 10:00` */
export function stepText({ state, by, at, note }: TokenRequestStep): Markup {
  const actor = by === null || by === 'bot' ? md`I` : mention(by);
  return joinMarkup(
    [actor, md` ${STEP_VERB[state]} `, formatSlackDateTime(new Date(at)), quotedNote(note)],
    '',
  );
}
