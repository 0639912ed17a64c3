import type { Button } from '@slack/types';
import { formatCalendarDay } from '../../../domain/calendar.ts';
import type { TokenRequestNotification } from '../../../domain/notification.ts';
import { isSlackUserId } from '../../../domain/person.ts';
import type { TicketReference } from '../../../domain/ticket.ts';
import type { TokenKind } from '../../../domain/token-request.ts';
import { SHARED_STOCK, type StockLevel, stockHint } from '../../../domain/token-stock.ts';
import {
  actions,
  type Block,
  button,
  context,
  divider,
  header,
  joinMarkup,
  link,
  type Markup,
  md,
  mention,
  type RenderedMessage,
  section,
  truncate,
} from '../shared/blocks.ts';
import { COMPLIANCE_TEXT, lowerFirst, MFA_TEXT, pluralize } from '../shared/wording.ts';
import { severalRequestsButtons } from './several-requests.ts';
import { accountNames, stepText, TOKEN_STATE_TEXT, tokenCountText } from './token-text.ts';

export const SHOW_REQUEST = 'token-request';
export const SHOW_REQUESTS = 'token-requests';
export const APPROVE_TOKEN = 'approve-token';
export const DECLINE_TOKEN = 'decline-token';
export const SHIP_TOKEN = 'ship-token';
export const RECEIVE_TOKEN = 'receive-token';
export const CANCEL_TOKEN = 'cancel-token';
export const EDIT_TICKET = 'edit-token-ticket';

/** Who sees a request: one person, or everyone in the approvers' channel. */
export type RequestViewer = 'approvers' | { readonly id: string; readonly admin: boolean };

/** Four blocks each, of fifty. */
const MAX_OPEN_REQUESTS = 10;
const MAX_CLOSED_REQUESTS = 5;
const MAX_SITUATIONS = 5;

/** Renders a request: what it is for, its state and history, and the possible actions. */
export function renderTokenRequest(
  request: TokenRequestNotification,
  viewer: RequestViewer,
  notice?: Markup,
): RenderedMessage {
  return {
    text: [...(notice ? [notice.markup] : []), requestLine(request).markup].join('\n'),
    blocks: [
      ...(notice ? [section(notice)] : []),
      ...requestBlocks(request, viewer),
      ...(viewer === 'approvers'
        ? []
        : [actions(button(SHOW_REQUESTS, viewer.admin ? 'All open requests' : 'My requests'))]),
    ],
  };
}

export interface TokenRequestListProps {
  readonly title: string;
  readonly whenEmpty: string;
  /** Open ones first. */
  readonly requests: readonly TokenRequestNotification[];
  /** From 0; one beyond the last shows the last. */
  readonly page?: number;
  readonly viewer: RequestViewer;
  /** Starts a new request. */
  readonly requestButton: Button | undefined;
}

/** Renders several requests; the newest closed ones in one line each. */
export function renderTokenRequestList({
  title,
  whenEmpty,
  requests,
  page: requestedPage = 0,
  viewer,
  requestButton,
}: TokenRequestListProps): RenderedMessage {
  const allOpen = requests.filter(({ state }) => isOpen(state));
  const pages = Math.max(1, Math.ceil(allOpen.length / MAX_OPEN_REQUESTS));
  const page = Math.min(requestedPage, pages - 1);
  const open = allOpen.slice(page * MAX_OPEN_REQUESTS, (page + 1) * MAX_OPEN_REQUESTS);
  const closed =
    page < pages - 1 ? [] : requests.filter(({ state }) => !isOpen(state)).slice(0, MAX_CLOSED_REQUESTS);
  const listButtons = [
    ...(viewer === 'approvers' ? [] : severalRequestsButtons(allOpen, viewer)),
    ...(requestButton ? [requestButton] : []),
  ];
  const heading = allOpen.length > 0 ? `${title} · ${allOpen.length}` : title;
  return {
    text: [md`${heading}`.markup, ...[...open, ...closed].map((request) => requestLine(request).markup)].join(
      '\n',
    ),
    blocks: [
      header(heading),
      ...(allOpen.length === 0 ? [section(md`${whenEmpty}`)] : []),
      ...open.flatMap((request) => [...requestBlocks(request, viewer), divider]),
      ...(pages > 1 ? pager(page, pages) : []),
      ...(closed.length > 0 ? [context(...closed.map(requestLine))] : []),
      ...(listButtons.length > 0 ? [actions(...listButtons)] : []),
    ],
  };
}

function pager(page: number, pages: number): Block[] {
  return [
    actions(
      ...(page > 0 ? [button(`${SHOW_REQUESTS}:back`, '◀ Previous', { value: String(page - 1) })] : []),
      ...(page < pages - 1 ? [button(`${SHOW_REQUESTS}:on`, 'Next ▶', { value: String(page + 1) })] : []),
    ),
    context(md`Page ${page + 1} of ${pages}`),
  ];
}

/** Parses the page of a button's value. Anything unreadable is the first. */
export function parseRequestPage(value: string): number {
  return /^\d{1,4}$/.test(value) ? Number(value) : 0;
}

/** Returns `2 security keys for @Ana, payments-prod: waiting for approval`. */
export function requestLine({
  tokenKind,
  quantity,
  requestedBy,
  accounts,
  state,
  ticket,
}: TokenRequestNotification): Markup {
  return joinMarkup(
    [
      md`${{ markup: TOKEN_STATE_TEXT[state].emoji }} ${tokenCountText(tokenKind, quantity)} for `,
      mention(requestedBy),
      md`, `,
      accountNames(accounts),
      md`: ${TOKEN_STATE_TEXT[state].name.toLowerCase()}`,
      ...ticketLine(ticket).map((line) => joinMarkup([md` · `, line], '')),
    ],
    '',
  );
}

/** Returns the button *I have it*. */
export function receiveButton(requestId: string): Button {
  return button(RECEIVE_TOKEN, 'I have it', { value: requestId, style: 'primary' });
}

/** Returns a button that opens the request. */
export function showRequestButton(requestId: string, text = 'Open request'): Button {
  return button(SHOW_REQUEST, text, { value: requestId });
}

function requestBlocks(request: TokenRequestNotification, viewer: RequestViewer): Block[] {
  const buttons = requestButtons(request, viewer);
  return [
    section(requestText(request)),
    context(joinMarkup(request.history.map(stepText), '\n')),
    ...(buttons.length > 0 ? [actions(...buttons)] : []),
  ];
}

function requestText(request: TokenRequestNotification): Markup {
  const {
    tokenKind,
    quantity,
    requestedBy,
    accounts,
    state,
    office,
    ticket,
    otherOpen = 0,
    stock,
    expectedOn,
  } = request;
  const done = accounts.filter(({ settled }) => settled !== null).length;
  const progress =
    isOpen(state) && done > 0 ? md`   (${done} of ${pluralize(accounts.length, 'account')} done)` : md``;
  return joinMarkup(
    [
      joinMarkup([md`:key: *${tokenCountText(tokenKind, quantity)}* for `, mention(requestedBy)], ''),
      joinMarkup(
        [md`${{ markup: TOKEN_STATE_TEXT[state].emoji }} *${TOKEN_STATE_TEXT[state].name}*`, progress],
        '',
      ),
      joinMarkup([accounts.length === 1 ? md`Account: ` : md`Accounts: `, accountNamesWithId(accounts)], ''),
      ...handoverLines(request),
      ...accounts.flatMap(situationLine).slice(0, MAX_SITUATIONS),
      ...(otherOpen > 0 ? [md`Same person: ${pluralize(otherOpen, 'other open request')}`] : []),
      ...(office === null ? [] : [md`Deliver to: ${truncate(office, 75)}`]),
      ...(expectedOn === undefined ? [] : [md`Expected by: ${formatCalendarDay(expectedOn)}`]),
      ...(stock && isOpen(state)
        ? [stockLine(stock, { tokenKind, needed: needsKeys(state) ? quantity : 0 })]
        : []),
      ...ticketLine(ticket),
    ],
    '\n',
  );
}

/** Returns whose request it was, or that it needs an owner because that person has left. */
function handoverLines(request: TokenRequestNotification): Markup[] {
  const { requestedBy, handedOverFrom, requesterGone, state } = request;
  if (requesterGone && isOpen(state)) {
    return [
      joinMarkup(
        [
          md`:bust_in_silhouette: *No reachable owner.* `,
          mention(requestedBy),
          md` can no longer be reached, and no present owner could take this over. Change the owner of the account, or ${state === 'requested' ? 'decline' : 'withdraw'} the request.`,
        ],
        '',
      ),
    ];
  }
  return handedOverFrom
    ? [joinMarkup([md`Handed over from `, mention(handedOverFrom), md`, who has left`], '')]
    : [];
}

/** Whether the keys of the request are still to leave the stock. */
function needsKeys(state: TokenRequestNotification['state']): boolean {
  return state === 'requested' || state === 'approved';
}

const STOCK_HINT = {
  enough: '',
  low: ' · :warning: low: order more',
  'too-few': ' · :warning: not enough for this request',
} as const satisfies Record<ReturnType<typeof stockHint>, string>;

/** Returns `In stock, London: 12 security keys`, with a hint where more must be ordered. */
function stockLine(
  { place, remaining }: StockLevel,
  { tokenKind, needed }: { readonly tokenKind: TokenKind; readonly needed: number },
): Markup {
  const where = place === SHARED_STOCK ? '' : `, ${truncate(place, 75)}`;
  const hint = { markup: STOCK_HINT[stockHint(remaining, needed)] };
  return md`In stock${where}: ${tokenCountText(tokenKind, remaining)}${hint}`;
}

/** Returns `Ticket: SEC-1234`, with a link where the company has one. */
export function ticketLine(ticket: TicketReference | null | undefined): Markup[] {
  if (!ticket || ticket.text === null) return [];
  const { label, text, url } = ticket;
  return [joinMarkup([md`${label}: `, url === null ? md`${text}` : link(url, text)], '')];
}

/** Returns what an approver decides by; nothing for an account that is done. */
function situationLine({ name, settled, situation }: TokenRequestNotification['accounts'][number]): Markup[] {
  if (!situation || settled !== null) return [];
  const { level, compliance, mfa, owner } = situation;
  return [
    joinMarkup(
      [
        md`•  ${truncate(name, 50)}: ${COMPLIANCE_TEXT[compliance].name.toLowerCase()}, ${lowerFirst(MFA_TEXT[mfa])}`,
        md`requires ${level === 2 ? 'hardware MFA' : 'any MFA'}`,
        owner === null
          ? md`no owner`
          : joinMarkup([md`owner: `, isSlackUserId(owner) ? mention(owner) : md`${owner}`], ''),
      ],
      ' · ',
    ),
  ];
}

function accountNamesWithId(accounts: TokenRequestNotification['accounts']): Markup {
  const [only] = accounts;
  return only && accounts.length === 1
    ? joinMarkup([accountNames([only]), md`  ${only.id}`], '')
    : accountNames(accounts);
}

/** Returns the actions possible now; the use cases check again. */
export function requestButtons(
  { requestId, state, requestedBy, ticket }: TokenRequestNotification,
  viewer: RequestViewer,
): Button[] {
  if (!isOpen(state)) return [];
  const isChannel = viewer === 'approvers';
  const isRequester = !isChannel && viewer.id === requestedBy;
  const admin = isChannel || viewer.admin;
  const value = requestId;
  return [
    ...(state === 'requested' && admin && !isRequester
      ? [
          button(APPROVE_TOKEN, 'Approve', { value, style: 'primary' }),
          button(DECLINE_TOKEN, 'Decline…', { value }),
        ]
      : []),
    ...(state === 'approved' && admin ? [button(SHIP_TOKEN, 'Ship…', { value, style: 'primary' })] : []),
    ...(state === 'shipped' && isRequester ? [receiveButton(requestId)] : []),
    ...(state === 'shipped' && admin ? [button(SHIP_TOKEN, 'Ship again…', { value })] : []),
    ...(ticket && state !== 'received' && (isRequester || admin)
      ? [
          button(EDIT_TICKET, `${ticket.text === null ? 'Add' : 'Edit'} ${truncate(ticket.label, 20)}…`, {
            value,
          }),
        ]
      : []),
    // Approvers decline what is undecided, so that no one mistakes that for withdrawing.
    ...(isRequester || (admin && state !== 'requested')
      ? [button(CANCEL_TOKEN, 'Withdraw request…', { value })]
      : []),
  ];
}

function isOpen(state: TokenRequestNotification['state']): boolean {
  return state === 'requested' || state === 'approved' || state === 'shipped' || state === 'received';
}
