import type { Button } from '@slack/types';
import type { TokenRequestLetter } from '../../../domain/notification.ts';
import {
  actions,
  type Block,
  button,
  context,
  type Drawn,
  divider,
  header,
  joined,
  type Markup,
  md,
  mention,
  section,
  short,
} from '../shared/blocks.ts';
import { accountNames, howMany, stepWords, TOKEN_STATE } from './token-text.ts';
import { counted } from '../shared/wording.ts';

export const SHOW_REQUEST = 'token-request';
export const SHOW_REQUESTS = 'token-requests';
export const APPROVE_TOKEN = 'approve-token';
export const DECLINE_TOKEN = 'decline-token';
export const SHIP_TOKEN = 'ship-token';
export const RECEIVE_TOKEN = 'receive-token';
export const CANCEL_TOKEN = 'cancel-token';

/** Who looks at a request: one person, or everybody in the channel where requests are decided. */
export type RequestViewer = 'approvers' | { readonly id: string; readonly admin: boolean };

/** Four blocks each, of fifty. */
const REQUESTS_SHOWN = 10;
const CLOSED_SHOWN = 5;

/** A request: what, for whom, how far it is, who did what, and what can be done now. */
export function drawTokenRequest(shown: TokenRequestLetter, viewer: RequestViewer, news?: Markup): Drawn {
  return {
    text: [...(news ? [news.markup] : []), requestLine(shown).markup].join('\n'),
    blocks: [
      ...(news ? [section(news)] : []),
      ...requestBlocks(shown, viewer),
      ...(viewer === 'approvers'
        ? []
        : [actions(button(SHOW_REQUESTS, viewer.admin ? 'All open requests' : 'My requests'))]),
    ],
  };
}

export interface RequestsPage {
  readonly title: string;
  readonly whenEmpty: string;
  /** Open ones first. */
  readonly requests: readonly TokenRequestLetter[];
  readonly viewer: RequestViewer;
  /** The way to a new one. */
  readonly ask: Button | undefined;
}

/** Several requests; of those that are closed only the newest, in a line each. */
export function drawRequests({ title, whenEmpty, requests, viewer, ask }: RequestsPage): Drawn {
  const open = requests.filter(({ state }) => isOpen(state));
  const closed = requests.filter(({ state }) => !isOpen(state)).slice(0, CLOSED_SHOWN);
  const more = open.length - REQUESTS_SHOWN;
  const heading = open.length > 0 ? `${title} · ${open.length}` : title;
  return {
    text: [md`${heading}`.markup, ...[...open, ...closed].map((shown) => requestLine(shown).markup)].join(
      '\n',
    ),
    blocks: [
      header(heading),
      ...(open.length === 0 ? [section(md`${whenEmpty}`)] : []),
      ...open.slice(0, REQUESTS_SHOWN).flatMap((shown) => [...requestBlocks(shown, viewer), divider]),
      ...(more > 0 ? [context(md`… and ${counted(more, 'more request')}.`)] : []),
      ...(closed.length > 0 ? [context(...closed.map(requestLine))] : []),
      ...(ask ? [actions(ask)] : []),
    ],
  };
}

/** `2 security keys for @Ana, for payments-prod: waiting for approval` */
export function requestLine({
  tokenKind,
  quantity,
  requestedBy,
  accounts,
  state,
}: TokenRequestLetter): Markup {
  return joined(
    [
      md`${{ markup: TOKEN_STATE[state].emoji }} ${howMany(tokenKind, quantity)} for `,
      mention(requestedBy),
      md`, `,
      accountNames(accounts),
      md`: ${TOKEN_STATE[state].name.toLowerCase()}`,
    ],
    '',
  );
}

/** *I have it*. */
export function receiveButton(requestId: string): Button {
  return button(RECEIVE_TOKEN, 'I have it', { value: requestId, style: 'primary' });
}

/** A button that shows the request. */
export function showRequestButton(requestId: string, text = 'See the request'): Button {
  return button(SHOW_REQUEST, text, { value: requestId });
}

function requestBlocks(shown: TokenRequestLetter, viewer: RequestViewer): Block[] {
  const buttons = requestButtons(shown, viewer);
  return [
    section(requestWords(shown)),
    context(joined(shown.history.map(stepWords), '\n')),
    ...(buttons.length > 0 ? [actions(...buttons)] : []),
  ];
}

function requestWords({
  tokenKind,
  quantity,
  requestedBy,
  accounts,
  state,
  office,
}: TokenRequestLetter): Markup {
  const done = accounts.filter(({ settled }) => settled !== null).length;
  const progress =
    isOpen(state) && done > 0 ? md`   (${done} of ${counted(accounts.length, 'account')} done)` : md``;
  return joined(
    [
      joined([md`:key: *${howMany(tokenKind, quantity)}* for `, mention(requestedBy)], ''),
      joined([md`${{ markup: TOKEN_STATE[state].emoji }} *${TOKEN_STATE[state].name}*`, progress], ''),
      joined([accounts.length === 1 ? md`Account: ` : md`Accounts: `, withIds(accounts)], ''),
      ...(office === null ? [] : [md`Where to: ${short(office, 75)}`]),
    ],
    '\n',
  );
}

function withIds(accounts: TokenRequestLetter['accounts']): Markup {
  const [only] = accounts;
  return only && accounts.length === 1
    ? joined([accountNames([only]), md`  ${only.id}`], '')
    : accountNames(accounts);
}

/** Only what is possible now; the use cases decide once more. */
export function requestButtons(
  { requestId, state, requestedBy }: TokenRequestLetter,
  viewer: RequestViewer,
): Button[] {
  if (!isOpen(state)) return [];
  const everybody = viewer === 'approvers';
  const own = !everybody && viewer.id === requestedBy;
  const admin = everybody || viewer.admin;
  const value = requestId;
  return [
    ...(state === 'requested' && admin && !own
      ? [
          button(APPROVE_TOKEN, 'Approve', { value, style: 'primary' }),
          button(DECLINE_TOKEN, 'Decline…', { value }),
        ]
      : []),
    ...(state === 'approved' && admin ? [button(SHIP_TOKEN, 'Ship…', { value, style: 'primary' })] : []),
    ...(state === 'shipped' && own ? [receiveButton(requestId)] : []),
    ...(state === 'shipped' && admin ? [button(SHIP_TOKEN, 'Send again…', { value })] : []),
    ...(own || admin ? [button(CANCEL_TOKEN, 'Cancel…', { value })] : []),
  ];
}

function isOpen(state: TokenRequestLetter['state']): boolean {
  return state === 'requested' || state === 'approved' || state === 'shipped' || state === 'received';
}
