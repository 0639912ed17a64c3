import type { AccountId } from './account.ts';
import { type Exemption, lastDayOf } from './exemption.ts';
import type {
  EscalationLetter,
  ExemptionNews,
  ExemptionNewsLetter,
  ExemptionRequestLetter,
  FixedAccount,
  ReminderLetter,
  RequestStep,
  TokenNews,
  TokenNewsLetter,
  TokenRequestLetter,
} from './notification.ts';
import type { TokenRequest } from './token-request.ts';

/** What an account is called; its id, where it is not known. */
export type NameOf = (id: AccountId) => string;

/** The request as the tokens channel is shown it. */
export function tokenRequestLetter(request: TokenRequest, nameOf: NameOf): TokenRequestLetter {
  const { id, state, requestedBy, kind, quantity, office, accounts } = request;
  return {
    kind: 'token-request',
    requestId: id,
    state,
    requestedBy,
    tokenKind: kind,
    quantity,
    office,
    accounts: accounts.map((account) => ({
      id: account.id,
      name: nameOf(account.id),
      settled: account.settled,
    })),
    history: stepsOf(request),
  };
}

/** The last step of a request as news for whoever made it; undefined where that step is their own. */
export function tokenNewsLetter(request: TokenRequest, nameOf: NameOf): TokenNewsLetter | undefined {
  const step = stepsOf(request).at(-1);
  if (!step || !isNews(step.state) || step.by === request.requestedBy) return undefined;
  const { id, kind, quantity, accounts } = request;
  return {
    kind: 'token-news',
    news: step.state,
    requestId: id,
    tokenKind: kind,
    quantity,
    accounts: accounts.map((account) => ({ id: account.id, name: nameOf(account.id) })),
    step,
  };
}

function isNews(state: TokenRequest['state']): state is TokenNews {
  return state !== 'requested' && state !== 'received';
}

/** What every state leaves behind, as far as the request has come. */
interface Trace {
  readonly id: string;
  readonly decidedBy?: RequestStep['by'];
  readonly decidedAt?: Date;
  readonly shippedBy?: RequestStep['by'];
  readonly shippedAt?: Date;
  readonly shippingNote?: string;
  readonly receivedAt?: Date;
}

function stepsOf(request: TokenRequest): RequestStep[] {
  const trace: Trace = request;
  const step = (
    state: RequestStep['state'],
    at: Date | undefined,
    by: RequestStep['by'] | undefined,
    note: string | null = null,
  ): RequestStep[] => (at ? [{ state, at: at.toISOString(), by: by ?? null, note }] : []);

  const asked = step('requested', request.requestedAt, request.requestedBy, request.note);
  if (request.state === 'declined') {
    return [...asked, ...step('declined', request.decidedAt, request.decidedBy, request.reason)];
  }
  return [
    ...asked,
    ...step('approved', trace.decidedAt, trace.decidedBy),
    ...step('shipped', trace.shippedAt, trace.shippedBy, trace.shippingNote),
    ...step('received', trace.receivedAt, request.requestedBy),
    ...(request.state === 'enrolled' ? step('enrolled', request.closedAt, 'bot') : []),
    ...(request.state === 'cancelled'
      ? step('cancelled', request.closedAt, request.cancelledBy, request.reason)
      : []),
  ];
}

/** The question for leave as admins are shown it. */
export function exemptionRequestLetter(
  exemption: Exemption,
  nameOf: NameOf,
  zone: string,
): ExemptionRequestLetter {
  const { id, accountId, state, askedBy, reason, compensatingControl } = exemption;
  const decided = 'decidedBy' in exemption ? exemption : undefined;
  return {
    kind: 'exemption-request',
    exemptionId: id,
    state,
    account: { id: accountId, name: nameOf(accountId) },
    askedBy,
    reason,
    compensatingControl,
    lastDay: lastDayOf(exemption, zone),
    decidedBy: decided?.decidedBy ?? null,
    decisionNote: decided?.decisionNote ?? null,
  };
}

/** News of an exemption for whoever asked for it. */
export function exemptionNewsLetter(
  exemption: Exemption,
  news: ExemptionNews,
  nameOf: NameOf,
  zone: string,
): ExemptionNewsLetter {
  const { id, accountId } = exemption;
  const decided = 'decidedBy' in exemption ? exemption : undefined;
  const isDecision = news === 'granted' || news === 'declined';
  const revokedBy = exemption.state === 'revoked' ? exemption.closedBy : null;
  return {
    kind: 'exemption-news',
    news,
    exemptionId: id,
    account: { id: accountId, name: nameOf(accountId) },
    lastDay: lastDayOf(exemption, zone),
    by: isDecision ? (decided?.decidedBy ?? null) : revokedBy,
    note: isDecision ? (decided?.decisionNote ?? null) : null,
  };
}

/** The letter once some of its accounts are fixed, to be edited into thanks. An account is thanked for once. */
export function thanking<T extends ReminderLetter | EscalationLetter>(
  letter: T,
  fixed: readonly FixedAccount[],
): T {
  const known = new Set(letter.fixed.map(({ id }) => id));
  const news = fixed.filter(({ id }) => !known.has(id));
  const gone = new Set(news.map(({ id }) => id));
  const { count, items } = letter.accounts as { count: number; items: readonly { id: AccountId }[] };
  const left = items.filter(({ id }) => !gone.has(id));
  return {
    ...letter,
    accounts: { count: Math.max(count - news.length, left.length), items: left },
    fixed: [...letter.fixed, ...news],
  };
}
