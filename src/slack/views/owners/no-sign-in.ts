import type { NoSignInNotification } from '../../../domain/notification.ts';
import { actions, button, md, type RenderedMessage, section, truncate } from '../shared/blocks.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';

/** Renders the note that root of an account cannot sign in, for its owner. */
export function renderNoSignIn({ account }: NoSignInNotification): RenderedMessage {
  const text = md`:white_check_mark: Root of *${truncate(account.name, 60)}* (${account.id}) has no credentials anymore, so no one can sign in as root. There is nothing for you to do, and you need no hardware key. I will not remind you about this account.`;
  return {
    text: text.markup,
    blocks: [
      section(text),
      actions(
        button(OPEN_ACCOUNT, 'Open', { value: account.id, accessibilityLabel: `Open ${account.name}` }),
      ),
    ],
  };
}
