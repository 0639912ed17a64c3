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

/** Renders accounts whose owners did not answer, for the channel. */
export function renderEscalation({ accounts, fixed }: EscalationNotification): RenderedMessage {
  const shown = accounts.items.slice(0, MAX_ACCOUNTS);
  const more = accounts.count - shown.length;
  const words =
    accounts.count === 0
      ? md`:raised_hands: All of these accounts are fixed. Thank you.`
      : md`:wave: *Can you help with ${pluralize(accounts.count, 'account')}?* I reminded the owners several times and got no answer. They may be busy, away, or no longer responsible. If you know one of these accounts, please open it.`;
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
