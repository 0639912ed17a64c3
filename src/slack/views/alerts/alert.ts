import type { AlertLetter } from '../../../domain/notification.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';
import {
  actions,
  button,
  context,
  type Drawn,
  joined,
  type Markup,
  md,
  moment,
  section,
  short,
} from '../shared/blocks.ts';
import { HOW_TO_FIX } from '../remediation/remediation-guide.ts';
import { counted, lowerFirst, MFA } from '../shared/wording.ts';

/** What could not wait for the digest; once it is over it says so. */
export function drawAlert(letter: AlertLetter): Drawn {
  const { account, others, fixedAt } = letter;
  const words = joined([headline(letter), ...(fixedAt ? [over(fixedAt)] : [details(letter)])], '\n');
  const more =
    others === undefined
      ? undefined
      : md`${counted(others, 'more account')} lost MFA in the same look, which may be one cause: \`/mfa-status failing\``;
  return {
    text: joined([words, ...(more ? [more] : [])], '\n').markup,
    blocks: [
      section(words),
      actions(
        button(OPEN_ACCOUNT, 'Open', { value: account.id, describe: `Open ${account.name}` }),
        ...(fixedAt
          ? []
          : [
              button(HOW_TO_FIX, 'How to fix', { value: account.id, describe: `How to fix ${account.name}` }),
            ]),
      ),
      ...(more ? [context(more)] : []),
    ],
  };
}

function headline({ alarm, account, fixedAt }: AlertLetter): Markup {
  const name = joined(
    [
      ...(account.managementAccount ? [md`the management account `] : []),
      md`*${short(account.name, 60)}* (${account.id})`,
    ],
    '',
  );
  const mark = fixedAt ? md`:white_check_mark: ` : md`:rotating_light: `;
  const what = alarm === 'regression' ? md`Root MFA was removed from ` : md`Root MFA is not as asked on `;
  return joined([mark, what, name, md`.`], '');
}

function details({ was, mfa, why, since, owner }: AlertLetter): Markup {
  const before = was === null ? md`` : md`It was: ${lowerFirst(MFA[was])}. Now: ${lowerFirst(MFA[mfa])}. `;
  const told = owner === null ? md`Nobody is named as its owner.` : md`Its owner hears of it too.`;
  return joined(
    [
      joined([before, md`${short(why, 300)}`], ''),
      joined(
        [md`Seen `, moment(new Date(since)), md`. If nobody did this on purpose, look into it now. `, told],
        '',
      ),
    ],
    '\n',
  );
}

function over(fixedAt: string): Markup {
  return joined([md`It is in order again, seen `, moment(new Date(fixedAt)), md`.`], '');
}
