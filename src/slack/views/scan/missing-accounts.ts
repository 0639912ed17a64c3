import type { CountedList } from '../../../domain/counted-list.ts';
import type { ConfirmClosingOutcome } from '../../../usecases/scan/confirm-closing.ts';
import {
  actions,
  type Block,
  button,
  joinMarkup,
  type Markup,
  md,
  section,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

export const CONFIRM_CLOSING = 'confirm-closing';

const MAX_NAME_LENGTH = 60;

interface MissingAccount {
  readonly id: string;
  readonly name: string;
}

/** Returns which accounts are missing from the organization's list, and what that means. */
export function missingAccountsMarkup(accounts: CountedList<MissingAccount>, open?: number): Markup {
  const names = accounts.items.map(({ id, name }) => md`•  *${truncate(name, MAX_NAME_LENGTH)}*  ${id}`);
  const more = accounts.count - accounts.items.length;
  const share = open === undefined ? '' : ` of ${open}`;
  return joinMarkup(
    [
      md`:rotating_light: *The organization no longer lists ${pluralize(accounts.count, 'account')}${share}.* Until an admin closes ${accounts.count === 1 ? 'it' : 'them'}, I show ${accounts.count === 1 ? 'it' : 'them'} as unknown: an incomplete list looks the same.`,
      ...names,
      ...(more > 0 ? [md`… and ${more} more`] : []),
    ],
    '\n',
  );
}

/** Renders the missing accounts with the button that closes them. */
export function missingAccountsBlocks(accounts: CountedList<MissingAccount>, open?: number): Block[] {
  const label = `Close ${pluralize(accounts.count, 'account')}`;
  return [
    section(missingAccountsMarkup(accounts, open)),
    actions(button(CONFIRM_CLOSING, label, { style: 'danger', value: String(accounts.count) })),
  ];
}

/** Returns what became of the confirmation, in a sentence. */
export function confirmClosingText(outcome: ConfirmClosingOutcome): string {
  switch (outcome.kind) {
    case 'closed':
      return `Closed ${pluralize(outcome.accounts, 'account')}. I keep the history, and reopen an account that is listed again.`;
    case 'nothing-to-close':
      return 'There is nothing left to close.';
    case 'changed':
      return `The list has changed: ${pluralize(outcome.accounts, 'account is', 'accounts are')} missing now. Check the list on the Home tab, then confirm there.`;
    case 'not-an-admin':
      return 'Only admins can close accounts.';
  }
}
