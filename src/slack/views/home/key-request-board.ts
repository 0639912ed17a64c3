import type { Button } from '@slack/types';
import { formatCalendarDay } from '../../../domain/calendar.ts';
import type { TokenRequestNotification } from '../../../domain/notification.ts';
import type { OpenTokenRequest } from '../../../domain/token-request.ts';
import {
  actions,
  type Block,
  button,
  context,
  header,
  joinMarkup,
  type Markup,
  md,
  mention,
  section,
  truncate,
} from '../shared/blocks.ts';
import { formatTimeAgo } from '../shared/wording.ts';
import { SHIP_TOKEN, SHOW_REQUESTS, showRequestButton, ticketLine } from '../tokens/token-request.ts';
import { TOKEN_STATE_TEXT, tokenCountText } from '../tokens/token-text.ts';
import { requestAccountNames } from './own-requests-section.ts';

type OpenState = OpenTokenRequest['state'];

const MAX_ROWS = 10;

/** What the counts of the board call each state. */
const COUNT_TEXT = {
  requested: 'waiting for approval',
  approved: 'to ship',
  shipped: 'on the way',
  received: 'received, not registered yet',
} as const satisfies Record<OpenState, string>;

/** What happened last, before the time since then. */
const LAST_STEP_TEXT = {
  requested: 'Requested',
  approved: 'Approved',
  shipped: 'Shipped',
  received: 'Received',
} as const satisfies Record<OpenState, string>;

const STATES = Object.keys(COUNT_TEXT) as OpenState[];

/**
 * Renders the open key requests by state, each with its age and its next step. Those that wait for approval are counted
 * only: the decisions above have a row for each.
 */
export function renderKeyRequestBoard(requests: readonly TokenRequestNotification[], now: Date): Block[] {
  if (requests.length === 0) return [];
  const inState = (state: OpenState) => requests.filter((request) => request.state === state);
  const counts = STATES.map((state) => ({ state, count: inState(state).length }))
    .filter(({ count }) => count > 0)
    .map(
      ({ state, count }) => md`${{ markup: TOKEN_STATE_TEXT[state].emoji }} *${count}* ${COUNT_TEXT[state]}`,
    );
  const decided = STATES.filter((state) => state !== 'requested').flatMap(inState);
  return [
    header(`Key requests · ${requests.length}`),
    section(joinMarkup(counts, '  ·  ')),
    ...decided
      .slice(0, MAX_ROWS)
      .map((request) =>
        section(joinMarkup([whatText(request), requestAgeText(request, now)], '\n'), nextStepButton(request)),
      ),
    ...(decided.length > MAX_ROWS
      ? [
          context(md`… and ${decided.length - MAX_ROWS} more`),
          actions(button(`${SHOW_REQUESTS}:board`, `All ${requests.length} open requests`)),
        ]
      : []),
  ];
}

function nextStepButton({ state, requestId }: TokenRequestNotification): Button {
  return state === 'approved'
    ? button(SHIP_TOKEN, 'Ship…', { value: requestId, style: 'primary' })
    : showRequestButton(requestId);
}

/** Returns `Approved 3 days ago · Ticket: SEC-1234`. */
export function requestAgeText(request: TokenRequestNotification, now: Date): Markup {
  const since = request.history.at(-1)?.at;
  return joinMarkup(
    [
      ...(since === undefined
        ? []
        : [md`${LAST_STEP_TEXT[request.state as OpenState]} ${formatTimeAgo(new Date(since), now)}`]),
      ...(request.expectedOn === undefined ? [] : [md`expected by ${formatCalendarDay(request.expectedOn)}`]),
      ...ticketLine(request.ticket),
    ],
    ' · ',
  );
}

function whatText({
  state,
  tokenKind,
  quantity,
  requestedBy,
  accounts,
  office,
}: TokenRequestNotification): Markup {
  return joinMarkup(
    [
      md`${{ markup: TOKEN_STATE_TEXT[state].emoji }} *${tokenCountText(tokenKind, quantity)}* for `,
      mention(requestedBy),
      md`, `,
      requestAccountNames(accounts),
      state === 'approved' && office !== null ? md`, delivered to ${truncate(office, 75)}` : md``,
    ],
    '',
  );
}
