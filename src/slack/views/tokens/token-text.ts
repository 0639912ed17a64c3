import type { NotificationAccount, TokenRequestStep } from '../../../domain/notification.ts';
import { isSystemId } from '../../../domain/person.ts';
import { TOKEN_KINDS, type TokenKind, type TokenRequest } from '../../../domain/token-request.ts';
import {
  formatSlackDateTime,
  joinMarkup,
  joinNames,
  type Markup,
  md,
  mention,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

/** Name and mark of each state of a request. */
export const TOKEN_STATE_TEXT = {
  requested: { emoji: ':hourglass_flowing_sand:', name: 'Waiting for approval' },
  approved: { emoji: ':white_check_mark:', name: 'Approved, waiting to be shipped' },
  shipped: { emoji: ':package:', name: 'On the way' },
  received: { emoji: ':inbox_tray:', name: 'Received, not registered yet' },
  enrolled: { emoji: ':tada:', name: 'Done, registered on root' },
  declined: { emoji: ':no_entry_sign:', name: 'Declined' },
  cancelled: { emoji: ':heavy_minus_sign:', name: 'Withdrawn' },
} as const satisfies Record<TokenRequest['state'], { readonly emoji: string; readonly name: string }>;

const STEP_VERB = {
  requested: 'requested it',
  approved: 'approved it',
  shipped: 'shipped it',
  received: 'received it',
  enrolled: 'saw it on root',
  declined: 'declined it',
  cancelled: 'withdrew it',
} as const satisfies Record<TokenRequest['state'], string>;

const MAX_ACCOUNTS = 10;
const MAX_NOTE_LENGTH = 300;

/** Returns `2 security keys`. */
export function tokenCountText(kind: TokenKind, quantity: number): string {
  return pluralize(quantity, TOKEN_KINDS[kind].name.toLowerCase());
}

/** Returns account names in bold. */
export function accountNames(accounts: readonly NotificationAccount[]): Markup {
  const more = accounts.length - MAX_ACCOUNTS;
  const names = accounts.slice(0, MAX_ACCOUNTS).map(({ name }) => md`*${truncate(name, 60)}*`);
  return joinNames(names, more);
}

/** Returns a note in quotation marks; empty if there is none. */
export function quotedNote(note: string | null): Markup {
  return note === null ? md`` : md`: “${truncate(note, MAX_NOTE_LENGTH)}”`;
}

/** Returns `@Sam approved it Nov 24 at 10:00`. */
export function stepText({ state, by, at, note }: TokenRequestStep): Markup {
  const actor = by === null || by === 'bot' ? md`I` : mention(by);
  const verb =
    state === 'received' && by !== null && isSystemId(by) ? 'marked it as received' : STEP_VERB[state];
  return joinMarkup([actor, md` ${verb} `, formatSlackDateTime(new Date(at)), quotedNote(note)], '');
}
