import { AWS_PAGES } from '../../../domain/aws-docs.ts';
import type { LetterAccount, TokenChaseLetter, TokenNewsLetter } from '../../../domain/notification.ts';
import { CHECK_NOW } from '../status/account.ts';
import { OPEN_ACCOUNT } from '../status/account-list.ts';
import {
  actions,
  type Block,
  button,
  type Drawn,
  joined,
  link,
  type Markup,
  md,
  mention,
  moment,
  section,
  short,
} from '../shared/blocks.ts';
import {
  APPROVE_TOKEN,
  DECLINE_TOKEN,
  receiveButton,
  SHIP_TOKEN,
  showRequestButton,
} from './token-request.ts';
import { accountNames, howMany, quoted, stepWords } from './token-text.ts';

const BUTTONS_SHOWN = 4;

/** News of a key, for whoever asked for it. */
export function drawTokenNews(letter: TokenNewsLetter): Drawn {
  const { title, more, blocks } = partsOf(letter);
  const words = joined([title, ...more], '\n');
  return { text: words.markup, blocks: [section(words), ...blocks] };
}

/** A request that nobody goes on with: in its thread, or to each admin. */
export function drawTokenChase(letter: TokenChaseLetter): Drawn {
  const { requestId, to, escalated, requestedBy, accounts, since } = letter;
  const what = to === 'decide' ? md`waits for somebody to decide` : md`is approved, and waits to be sent`;
  const words = joined(
    [
      escalated ? md`:rotating_light: *Nobody has decided yet.* The request of ` : md`:bell: The request of `,
      mention(requestedBy),
      md` for `,
      accountNames(accounts),
      md` `,
      what,
      md`, since `,
      moment(new Date(since)),
      md`.`,
    ],
    '',
  );
  const buttons =
    to === 'decide'
      ? [
          button(APPROVE_TOKEN, 'Approve', { value: requestId, style: 'primary' }),
          button(DECLINE_TOKEN, 'Decline…', { value: requestId }),
        ]
      : [button(SHIP_TOKEN, 'Ship…', { value: requestId, style: 'primary' })];
  // In the thread the buttons stand above; elsewhere nobody sees them.
  return {
    text: words.markup,
    blocks: [section(words), ...(escalated ? [actions(...buttons, showRequestButton(requestId))] : [])],
  };
}

interface Parts {
  readonly title: Markup;
  readonly more: readonly Markup[];
  readonly blocks: readonly Block[];
}

function partsOf({ news, requestId, tokenKind, quantity, accounts, step }: TokenNewsLetter): Parts {
  const keys = howMany(tokenKind, quantity);
  const names = accountNames(accounts);
  const by = step.by === null || step.by === 'bot' ? md`Somebody` : mention(step.by);
  switch (news) {
    case 'approved':
      return {
        title: joined([md`:white_check_mark: *Approved:* ${keys} for `, names], ''),
        more: [joined([by, md` approved it. I write again when it is on the way.`], '')],
        blocks: [actions(showRequestButton(requestId))],
      };
    case 'declined':
      return {
        title: joined([md`:no_entry_sign: *Declined:* ${keys} for `, names], ''),
        more: [
          joined([by, md` declined it`, quoted(step.note)], ''),
          md`You can ask again at any time: \`/mfa-status request\`.`,
        ],
        blocks: [],
      };
    case 'shipped':
      return step.state === 'shipped'
        ? {
            title: joined([md`:package: *On the way:* ${keys} for `, names], ''),
            more: [
              joined([by, md` sent it`, quoted(step.note)], ''),
              md`Press *I have it* when it is in your hands.`,
            ],
            blocks: [actions(receiveButton(requestId), showRequestButton(requestId))],
          }
        : afterwards(keys, accounts, step, tokenKind);
    case 'enrolled':
      return {
        title: joined([md`:tada: *Thank you.* I see hardware MFA on root of `, names, md`.`], ''),
        more: [
          quantity > 1
            ? md`Your request is done. Keep the second one in another safe place.`
            : md`Your request is done.`,
        ],
        blocks: [],
      };
    case 'cancelled':
      return {
        title: joined([md`:heavy_minus_sign: *Cancelled:* ${keys} for `, names], ''),
        more: [
          step.by === 'bot'
            ? md`${short(step.note ?? 'It is not needed any more.', 300)}`
            : joined([by, md` cancelled it`, quoted(step.note)], ''),
        ],
        blocks: [],
      };
  }
}

/** What became of keys that were on the way. */
function afterwards(
  keys: string,
  accounts: readonly LetterAccount[],
  step: TokenNewsLetter['step'],
  kind: TokenNewsLetter['tokenKind'],
): Parts {
  const names = accountNames(accounts);
  if (step.state !== 'received') {
    const what =
      step.state === 'enrolled' ? md`:white_check_mark: It was on the way: ` : md`It was on the way: `;
    return {
      title: joined([what, md`${keys} for `, names], ''),
      more: [joined([stepWords(step), md`.`], '')],
      blocks: [],
    };
  }
  const page = kind === 'totp-token' ? AWS_PAGES.hardwareToken : AWS_PAGES.securityKey;
  return {
    title: joined([md`:inbox_tray: *You have it:* ${keys} for `, names], ''),
    more: [
      joined([md`Now sign in as root and register it: `, link(page.url, page.title), md`.`], ''),
      accounts.length === 1
        ? md`Then press *Check now*. I also see it by myself with the next scan.`
        : md`I see each account by myself with the next scan, or open it and press *Check now*.`,
    ],
    blocks: [actions(...accountButtons(accounts))],
  };
}

function accountButtons(accounts: readonly LetterAccount[]) {
  const [first] = accounts;
  if (first && accounts.length === 1)
    return [button(CHECK_NOW, 'Check now', { value: first.id, style: 'primary' })];
  return accounts
    .slice(0, BUTTONS_SHOWN)
    .map(({ id, name }) => button(`${OPEN_ACCOUNT}:${id}`, short(name, 40), { value: id }));
}
