import type { TokenRequestLetter } from '../../../domain/notification.ts';
import { actions, type Block, context, divider, joined, type Markup, md, section, short } from '../shared/blocks.ts';
import { howToFixButton } from '../remediation/remediation-guide.ts';
import { receiveButton, showRequestButton } from '../tokens/token-request.ts';
import { howMany, stepWords, TOKEN_STATE } from '../tokens/token-text.ts';
import { counted } from '../shared/wording.ts';

const SHOWN = { owner: 5, admin: 3 } as const;
const NAMES = 3;

/** The keys that somebody asked for, how far they are, and what is expected now. */
export function ownRequestBlocks(
  requests: readonly TokenRequestLetter[],
  { admin }: { readonly admin: boolean },
): Block[] {
  if (requests.length === 0) return [];
  const most = admin ? SHOWN.admin : SHOWN.owner;
  const more = requests.length - most;
  return [
    divider,
    section(md`*Your hardware keys*`),
    ...requests.slice(0, most).flatMap(ownRequest),
    ...(more > 0 ? [context(md`… and ${counted(more, 'more request')}: \`/mfa-status requests\``)] : []),
  ];
}

/** `2 security keys for payments-prod, web-blog and 3 more: on the way` */
export function requestHeadline({ tokenKind, quantity, accounts, state }: TokenRequestLetter): Markup {
  return joined(
    [
      md`${{ markup: TOKEN_STATE[state].emoji }} *${howMany(tokenKind, quantity)}* for `,
      requestAccounts(accounts),
      md`: ${TOKEN_STATE[state].name.toLowerCase()}`,
    ],
    '',
  );
}

/** The first few names. */
export function requestAccounts(accounts: TokenRequestLetter['accounts']): Markup {
  const more = accounts.length - NAMES;
  const names = accounts.slice(0, NAMES).map(({ name }) => md`*${short(name, 60)}*`);
  return joined([joined(names, ', '), ...(more > 0 ? [md`and ${more} more`] : [])], ' ');
}

function ownRequest(shown: TokenRequestLetter): Block[] {
  const { requestId, state, history, accounts } = shown;
  const last = history.at(-1);
  const [account] = accounts.filter(({ settled }) => settled === null);
  const words = joined(
    [requestHeadline(shown), ...(last ? [stepWords(last)] : []), md`${expected(state)}`],
    '\n',
  );
  const see = showRequestButton(requestId);
  if (state === 'shipped') return [section(words), actions(receiveButton(requestId), see)];
  if (state === 'received' && account) {
    return [section(words), actions(howToFixButton(account.id, 'primary'), see)];
  }
  return [section(words, see)];
}

function expected(state: TokenRequestLetter['state']): string {
  switch (state) {
    case 'requested':
      return 'Nothing to do for you: an admin decides, and I write to you.';
    case 'approved':
      return 'Nothing to do for you: I write to you when it is on its way.';
    case 'shipped':
      return 'When it has come, press I have it.';
    case 'received':
      return 'Register it on root. I see it there by myself and close the request.';
    default:
      return '';
  }
}
