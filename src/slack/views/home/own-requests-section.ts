import { formatCalendarDay } from '../../../domain/calendar.ts';
import type { TokenRequestNotification } from '../../../domain/notification.ts';
import { howToFixButton } from '../remediation/remediation-guide.ts';
import {
  actions,
  type Block,
  context,
  divider,
  joinMarkup,
  joinNames,
  type Markup,
  md,
  section,
  truncate,
} from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';
import { receiveSeveralButtons } from '../tokens/several-requests.ts';
import { receiveButton, showRequestButton, ticketLine } from '../tokens/token-request.ts';
import { stepText, TOKEN_STATE_TEXT, tokenCountText } from '../tokens/token-text.ts';

const MAX_SHOWN = { owner: 5, admin: 3 } as const;
const MAX_NAMES = 3;

/** Renders the viewer's key requests: their progress, and the next step. */
export function renderOwnRequestsSection(
  requests: readonly TokenRequestNotification[],
  { admin }: { readonly admin: boolean },
): Block[] {
  if (requests.length === 0) return [];
  const max = admin ? MAX_SHOWN.admin : MAX_SHOWN.owner;
  const more = requests.length - max;
  const severalButtons = receiveSeveralButtons(requests);
  return [
    divider,
    section(md`*Your hardware keys*`),
    ...requests.slice(0, max).flatMap(ownRequestRow),
    ...(severalButtons.length > 0 ? [actions(...severalButtons)] : []),
    ...(more > 0 ? [context(md`… and ${pluralize(more, 'more request')}: \`/mfa-status requests\``)] : []),
  ];
}

/** Returns `2 security keys for payments-prod, web-blog and 3 more: on the way`. */
export function requestHeadline({ tokenKind, quantity, accounts, state }: TokenRequestNotification): Markup {
  return joinMarkup(
    [
      md`${{ markup: TOKEN_STATE_TEXT[state].emoji }} *${tokenCountText(tokenKind, quantity)}* for `,
      requestAccountNames(accounts),
      md`: ${TOKEN_STATE_TEXT[state].name.toLowerCase()}`,
    ],
    '',
  );
}

/** Returns the first few account names. */
export function requestAccountNames(accounts: TokenRequestNotification['accounts']): Markup {
  const more = accounts.length - MAX_NAMES;
  const names = accounts.slice(0, MAX_NAMES).map(({ name }) => md`*${truncate(name, 60)}*`);
  return joinNames(names, more);
}

function ownRequestRow(request: TokenRequestNotification): Block[] {
  const { requestId, state, history, accounts, ticket, expectedOn } = request;
  const last = history.at(-1);
  const [account] = accounts.filter(({ settled }) => settled === null);
  const words = joinMarkup(
    [
      requestHeadline(request),
      ...(last ? [stepText(last)] : []),
      ...(expectedOn === undefined ? [] : [md`Expected by ${formatCalendarDay(expectedOn)}.`]),
      md`${nextStepText(state)}`,
      ...ticketLine(ticket),
    ],
    '\n',
  );
  const showButton = showRequestButton(requestId);
  if (state === 'shipped') return [section(words), actions(receiveButton(requestId), showButton)];
  if (state === 'received' && account) {
    return [section(words), actions(howToFixButton(account.id, 'primary'), showButton)];
  }
  return [section(words, showButton)];
}

function nextStepText(state: TokenRequestNotification['state']): string {
  switch (state) {
    case 'requested':
      return 'Waiting for an admin to decide. I’ll message you.';
    case 'approved':
      return 'I’ll message you when it ships.';
    case 'shipped':
      return 'When it arrives, press “I have it”.';
    case 'received':
      return 'Please register it on root. I’ll notice and close the request.';
    default:
      return '';
  }
}
