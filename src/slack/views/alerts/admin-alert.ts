import type { FindingLetter } from '../../../domain/notification.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';
import {
  actions,
  button,
  context,
  type Drawn,
  joined,
  type Markup,
  md,
  mention,
  moment,
  section,
  short,
} from '../shared/blocks.ts';
import { said } from '../shared/message.ts';
import { counted } from '../shared/wording.ts';

export const HAND_BACK = 'hand-back';

type Disowned = Extract<FindingLetter, { finding: 'account-disowned' }>;

/** Something that admins must put right. */
export function drawFinding(letter: FindingLetter): Drawn {
  switch (letter.finding) {
    case 'account-disowned':
      return drawDisowned(letter);
    case 'digest-channel-shared':
      return said(
        md`:no_entry_sign: The digest was not posted in ${{ markup: `<#${letter.channel.replace(/\W/g, '')}>` }}: that channel is shared with another company, or about to be. Name a channel of our own under \`slack.channel\`.`,
      );
  }
}

function drawDisowned(letter: Disowned): Drawn {
  const { account, by, reason, suggestion, handedBack } = letter;
  const words = joined(
    [
      joined(
        [
          md`:raising_hand: `,
          mention(by),
          md` says that *${short(account.name, 60)}* (${account.id}) is not theirs:`,
        ],
        '',
      ),
      md`> ${short(reason, 500)}`,
      handedBack ? handedBackWords(by, handedBack) : whatToDo(suggestion ?? null),
    ],
    '\n',
  );
  const open = button(OPEN_ACCOUNT, 'Open', { value: account.id, describe: `Open ${account.name}` });
  return {
    text: words.markup,
    blocks: [
      section(words),
      actions(open, ...(handedBack ? [] : [button(HAND_BACK, 'It is theirs', { value: account.id })])),
      ...(handedBack
        ? []
        : [
            context(
              md`Nobody is reminded of it until it has another owner: change its tag in AWS, or name one under \`owners.accounts\`.`,
            ),
          ]),
    ],
  };
}

function whatToDo(suggestion: NonNullable<Disowned['suggestion']> | null): Markup {
  if (!suggestion) return md`Do you know whose it is?`;
  const { who, accounts } = suggestion;
  return joined(
    [md`Perhaps it is for `, mention(who), md`, who answers for ${counted(accounts, 'account')} next to it.`],
    '',
  );
}

function handedBackWords(to: string, { by, at }: NonNullable<Disowned['handedBack']>): Markup {
  return joined(
    [
      md`:leftwards_arrow_with_hook: `,
      mention(by),
      md` gave it back to `,
      mention(to),
      md`, `,
      moment(new Date(at)),
      md`.`,
    ],
    '',
  );
}
