import type { EscalatedAccount, EscalationLetter } from '../../../domain/notification.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';
import { button, context, type Drawn, day, joined, type Markup, md, section, short } from '../shared/blocks.ts';
import { thanksBlocks, thanksLines } from './reminder.ts';
import { counted, MFA } from '../shared/wording.ts';

const SHOWN = 8;

/** Accounts that wait for a helping hand. It names no owner: whoever wants to help opens the account. */
export function drawEscalation({ accounts, fixed }: EscalationLetter): Drawn {
  const shown = accounts.items.slice(0, SHOWN);
  const more = accounts.count - shown.length;
  const words =
    accounts.count === 0
      ? md`:raised_hands: All of these are in order now. Thank you.`
      : md`:wave: *Can anybody help with ${counted(accounts.count, 'account')}?* Their owners have heard from me several times and may be busy, away, or not the right people any more. If you know one of these accounts, please open it and lend a hand.`;
  return {
    text: [
      words.markup,
      ...shown.map((account) => line(account).markup),
      ...(more > 0 ? [`… and ${more} more`] : []),
      ...thanksLines(fixed),
    ].join('\n'),
    blocks: [
      section(words),
      ...shown.map((account) =>
        section(
          line(account),
          button(OPEN_ACCOUNT, 'Open', { value: account.id, describe: `Open ${account.name}` }),
        ),
      ),
      ...(more > 0 ? [context(md`… and ${more} more: \`/mfa-status failing\``)] : []),
      ...thanksBlocks(fixed),
    ],
  };
}

function line({ name, id, mfa, since }: EscalatedAccount): Markup {
  return joined(
    [md`*${short(name, 60)}*  ${id}  ·  ${MFA[mfa]}`, joined([md`since `, day(new Date(since))], '')],
    '  ·  ',
  );
}
