import type { AlertNotification } from '../../../domain/notification.ts';
import { HOW_TO_FIX } from '../remediation/remediation-guide.ts';
import {
  actions,
  button,
  context,
  formatSlackDateTime,
  joinMarkup,
  type Markup,
  md,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { lowerFirst, MFA_TEXT, pluralize } from '../shared/wording.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';

/** What could not wait for the digest; once it is over it says so. */
export function renderAlert(notification: AlertNotification): RenderedMessage {
  const { account, others, fixedAt } = notification;
  const words = joinMarkup(
    [headline(notification), ...(fixedAt ? [resolvedText(fixedAt)] : [details(notification)])],
    '\n',
  );
  const more =
    others === undefined
      ? undefined
      : md`${pluralize(others, 'more account')} lost MFA in the same look, which may be one cause: \`/mfa-status failing\``;
  return {
    text: joinMarkup([words, ...(more ? [more] : [])], '\n').markup,
    blocks: [
      section(words),
      actions(
        button(OPEN_ACCOUNT, 'Open', { value: account.id, accessibilityLabel: `Open ${account.name}` }),
        ...(fixedAt
          ? []
          : [
              button(HOW_TO_FIX, 'How to fix', {
                value: account.id,
                accessibilityLabel: `How to fix ${account.name}`,
              }),
            ]),
      ),
      ...(more ? [context(more)] : []),
    ],
  };
}

function headline({ alarm, account, fixedAt }: AlertNotification): Markup {
  const name = joinMarkup(
    [
      ...(account.managementAccount ? [md`the management account `] : []),
      md`*${truncate(account.name, 60)}* (${account.id})`,
    ],
    '',
  );
  const mark = fixedAt ? md`:white_check_mark: ` : md`:rotating_light: `;
  const what = alarm === 'regression' ? md`Root MFA was removed from ` : md`Root MFA is not as asked on `;
  return joinMarkup([mark, what, name, md`.`], '');
}

function details({ was, mfa, why, since, owner }: AlertNotification): Markup {
  const before =
    was === null ? md`` : md`It was: ${lowerFirst(MFA_TEXT[was])}. Now: ${lowerFirst(MFA_TEXT[mfa])}. `;
  const ownerNote = owner === null ? md`Nobody is named as its owner.` : md`Its owner hears of it too.`;
  return joinMarkup(
    [
      joinMarkup([before, md`${truncate(why, 300)}`], ''),
      joinMarkup(
        [
          md`Seen `,
          formatSlackDateTime(new Date(since)),
          md`. If nobody did this on purpose, look into it now. `,
          ownerNote,
        ],
        '',
      ),
    ],
    '\n',
  );
}

function resolvedText(fixedAt: string): Markup {
  return joinMarkup([md`It is in order again, seen `, formatSlackDateTime(new Date(fixedAt)), md`.`], '');
}
