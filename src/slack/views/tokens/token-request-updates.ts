import { formatCalendarDay } from '../../../domain/calendar.ts';
import type {
  NotificationAccount,
  TokenFollowUpNotification,
  TokenHandoverNotification,
  TokenUpdateNotification,
} from '../../../domain/notification.ts';
import { isSystemId } from '../../../domain/person.ts';
import type { TokenKind } from '../../../domain/token-request.ts';
import { keyStepsButton } from '../remediation/remediation-guide.ts';
import {
  actions,
  type Block,
  button,
  formatSlackDateTime,
  joinMarkup,
  type Markup,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { CHECK_NOW } from '../status/account.ts';
import {
  APPROVE_TOKEN,
  DECLINE_TOKEN,
  receiveButton,
  SHIP_TOKEN,
  showRequestButton,
  ticketLine,
} from './token-request.ts';
import { accountNames, quotedNote, stepText, tokenCountText } from './token-text.ts';

const MAX_BUTTONS = 4;

/** Renders an update for the requester of a key. */
export function renderTokenRequestUpdate(notification: TokenUpdateNotification): RenderedMessage {
  const { title, more, blocks } = updateParts(notification);
  const words = joinMarkup([title, ...more, ...ticketLine(notification.ticket)], '\n');
  return { text: words.markup, blocks: [section(words), ...blocks] };
}

/** Renders a follow-up on a stalled request: in its thread, or to each admin. */
export function renderTokenFollowUp(notification: TokenFollowUpNotification): RenderedMessage {
  const { requestId, to, escalated, requestedBy, accounts, since } = notification;
  if (notification.toRequester) return renderWaitingNote(notification);
  const what = FOLLOW_UP_TEXT[to];
  const words = joinMarkup(
    [
      escalated ? md`:rotating_light: *No decision yet.* The request by ` : md`:bell: The request by `,
      mention(requestedBy),
      md` for `,
      accountNames(accounts),
      md` `,
      md`${what} since `,
      formatSlackDateTime(new Date(since)),
      md`.`,
      ...(to === 'find-owner'
        ? [
            md` The requester can no longer be reached. Change the owner of the account: I’ll hand the request over once the new owner can be reached.`,
          ]
        : []),
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
  // In the thread, the request above has the buttons.
  return {
    text: words.markup,
    blocks: [section(words), ...(escalated ? [actions(...buttons, showRequestButton(requestId))] : [])],
  };
}

const FOLLOW_UP_TEXT = {
  decide: 'has been waiting for approval',
  ship: 'has been waiting to be shipped',
  'find-owner': 'has had no reachable owner',
} as const satisfies Record<TokenFollowUpNotification['to'], string>;

/** Renders a key request that the reader takes over from someone who left. */
export function renderTokenHandover({
  requestId,
  state,
  from,
  tokenKind,
  quantity,
  accounts,
}: TokenHandoverNotification): RenderedMessage {
  const words = joinMarkup(
    [
      joinMarkup(
        [
          md`:key: *A key request is yours now:* ${tokenCountText(tokenKind, quantity)} for `,
          accountNames(accounts),
        ],
        '',
      ),
      joinMarkup(
        [
          mention(from),
          md` requested ${quantity === 1 ? 'it' : 'them'} and has left. You own ${accounts.length === 1 ? 'the account' : 'the accounts'} now.`,
        ],
        '',
      ),
      md`${HANDOVER_TEXT[state]}`,
    ],
    '\n',
  );
  const buttons = [...(state === 'shipped' ? [receiveButton(requestId)] : []), showRequestButton(requestId)];
  return { text: words.markup, blocks: [section(words), actions(...buttons)] };
}

const HANDOVER_TEXT = {
  requested: 'It is waiting for approval. If you do not need it, open it and withdraw it.',
  approved: 'It is approved and waiting to be shipped. I’ll message you when it ships.',
  shipped: 'It is on the way. Press *I have it* when it arrives.',
  received: 'It has been received. Ask your team where it is, then register it on root.',
} as const satisfies Record<TokenHandoverNotification['state'], string>;

/** Tells the requester that their request still waits, and that the approvers were asked again. */
function renderWaitingNote({
  requestId,
  to,
  escalated,
  accounts,
  since,
}: TokenFollowUpNotification): RenderedMessage {
  const waiting = to === 'decide' ? md`has been waiting for approval` : md`has been waiting to be shipped`;
  const words = joinMarkup(
    [
      md`:hourglass_flowing_sand: Your key request for `,
      accountNames(accounts),
      md` `,
      waiting,
      md` since `,
      formatSlackDateTime(new Date(since)),
      md`. I asked ${escalated ? 'every admin' : 'the approvers'} again. There is nothing for you to do.`,
    ],
    '',
  );
  return { text: words.markup, blocks: [section(words), actions(showRequestButton(requestId))] };
}

interface UpdateParts {
  readonly title: Markup;
  readonly more: readonly Markup[];
  readonly blocks: readonly Block[];
}

function updateParts({
  news,
  requestId,
  tokenKind,
  quantity,
  accounts,
  step,
  expectedOn,
}: TokenUpdateNotification): UpdateParts {
  const keys = tokenCountText(tokenKind, quantity);
  const names = accountNames(accounts);
  const by = step.by === null || step.by === 'bot' ? md`An admin` : mention(step.by);
  switch (news) {
    case 'approved':
      return {
        title: joinMarkup([md`:white_check_mark: *Approved:* ${keys} for `, names], ''),
        more: [
          joinMarkup(
            [by, md` approved it. I’ll message you again when ${quantity === 1 ? 'it ships' : 'they ship'}.`],
            '',
          ),
        ],
        blocks: [actions(showRequestButton(requestId))],
      };
    case 'declined':
      return {
        title: joinMarkup([md`:no_entry_sign: *Declined:* ${keys} for `, names], ''),
        more: [
          joinMarkup([by, md` declined it`, quotedNote(step.note)], ''),
          md`You can request again at any time: \`/mfa-status request\`.`,
        ],
        blocks: [],
      };
    case 'shipped':
      return step.state === 'shipped'
        ? {
            title: joinMarkup([md`:package: *On the way:* ${keys} for `, names], ''),
            more: [
              joinMarkup([by, md` shipped ${quantity === 1 ? 'it' : 'them'}`, quotedNote(step.note)], ''),
              ...(expectedOn === undefined ? [] : [md`Expected by ${formatCalendarDay(expectedOn)}.`]),
              md`Press *I have it* when ${quantity === 1 ? 'it arrives' : 'they arrive'}.`,
            ],
            blocks: [actions(receiveButton(requestId), showRequestButton(requestId))],
          }
        : afterShippingParts({ quantity, accounts, step, tokenKind });
    case 'received':
      return deliveredParts(joinMarkup([md`:inbox_tray: *Delivered:* ${keys} for `, names], ''), {
        accounts,
        tokenKind,
        quantity,
        first: [joinMarkup([by, md` says that ${quantity === 1 ? 'it has' : 'they have'} arrived.`], '')],
      });
    case 'enrolled':
      return {
        title: joinMarkup([md`:tada: *Thank you.* AWS shows hardware MFA on root of `, names, md`.`], ''),
        more: [
          quantity > 1
            ? md`Your request is complete. Keep the second key in another safe place.`
            : md`Your request is complete.`,
        ],
        blocks: [],
      };
    case 'cancelled':
      return {
        title: joinMarkup([md`:heavy_minus_sign: *Withdrawn:* ${keys} for `, names], ''),
        more: [
          step.by === 'bot'
            ? md`${truncate(step.note ?? 'It is no longer needed.', 300)}`
            : joinMarkup([by, md` withdrew it`, quotedNote(step.note)], ''),
        ],
        blocks: [],
      };
  }
}

/** Returns what the message about keys on their way says once they no longer are. */
function afterShippingParts({
  quantity,
  accounts,
  step,
  tokenKind,
}: Pick<TokenUpdateNotification, 'quantity' | 'accounts' | 'step' | 'tokenKind'>): UpdateParts {
  const keys = tokenCountText(tokenKind, quantity);
  const names = accountNames(accounts);
  // What a system said has a message of its own.
  if (step.state !== 'received' || (step.by !== null && isSystemId(step.by))) {
    const what =
      step.state === 'enrolled'
        ? md`:white_check_mark: No longer on the way: `
        : md`:package: No longer on the way: `;
    return {
      title: joinMarkup([what, md`${keys} for `, names], ''),
      more: [joinMarkup([stepText(step), md`.`], '')],
      blocks: [],
    };
  }
  return deliveredParts(joinMarkup([md`:inbox_tray: *You have it:* ${keys} for `, names], ''), {
    accounts,
    tokenKind,
    quantity,
  });
}

/** Returns what is left to do with keys that have come. */
function deliveredParts(
  title: Markup,
  {
    accounts,
    tokenKind,
    quantity,
    first = [],
  }: Pick<TokenUpdateNotification, 'accounts' | 'tokenKind' | 'quantity'> & {
    readonly first?: readonly Markup[];
  },
): UpdateParts {
  const one = quantity === 1 ? 'it' : 'the keys';
  return {
    title,
    more: [
      ...first,
      accounts.length === 1
        ? md`Now register ${one} on root: *Show the steps* leads you through it. Then press *Check now*, or wait for the next scan.`
        : md`Now register ${one} on root of each account: press its name for the steps. Then check the account there, or wait for the next scan.`,
    ],
    blocks: [actions(...stepButtons(accounts, tokenKind))],
  };
}

function stepButtons(accounts: readonly NotificationAccount[], kind: TokenKind) {
  const [first] = accounts;
  if (first && accounts.length === 1) {
    return [
      keyStepsButton(first, kind, { style: 'primary' }),
      button(CHECK_NOW, 'Check now', { value: first.id }),
    ];
  }
  return accounts
    .slice(0, MAX_BUTTONS)
    .map((account) => keyStepsButton(account, kind, { text: truncate(account.name, 40) }));
}
