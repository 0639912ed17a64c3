import type { EscalatedAccount, EscalationNotification } from '../../../domain/notification.ts';
import {
  button,
  context,
  formatSlackDate,
  joinMarkup,
  type Markup,
  md,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { MFA_TEXT, pluralize } from '../shared/wording.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';
import { thanksBlocks, thanksLines } from './reminder.ts';

const MAX_ACCOUNTS = 8;

/** Accounts that wait for a helping hand. It names no owner: whoever wants to help opens the account. */
export function renderEscalation({ accounts, fixed }: EscalationNotification): RenderedMessage {
  const shown = accounts.items.slice(0, MAX_ACCOUNTS);
  const more = accounts.count - shown.length;
  const words =
    accounts.count === 0
      ? md`:raised_hands: All of these are in order now. Thank you.`
      : md`:wave: *Can anybody help with ${pluralize(accounts.count, 'account')}?* Their owners have heard from me several times and may be busy, away, or not the right people any more. If you know one of these accounts, please open it and lend a hand.`;
  return {
    text: [
      words.markup,
      ...shown.map((account) => accountMarkup(account).markup),
      ...(more > 0 ? [`… and ${more} more`] : []),
      ...thanksLines(fixed),
    ].join('\n'),
    blocks: [
      section(words),
      ...shown.map((account) =>
        section(
          accountMarkup(account),
          button(OPEN_ACCOUNT, 'Open', { value: account.id, accessibilityLabel: `Open ${account.name}` }),
        ),
      ),
      ...(more > 0 ? [context(md`… and ${more} more: \`/mfa-status failing\``)] : []),
      ...thanksBlocks(fixed),
    ],
  };
}

function accountMarkup({ name, id, mfa, since }: EscalatedAccount): Markup {
  return joinMarkup(
    [
      md`*${truncate(name, 60)}*  ${id}  ·  ${MFA_TEXT[mfa]}`,
      joinMarkup([md`since `, formatSlackDate(new Date(since))], ''),
    ],
    '  ·  ',
  );
}
