import type { AccountId } from '../../domain/account.ts';
import type { TokenAccountSituation, TokenRequestNotification } from '../../domain/notification.ts';
import type { OpenTokenRequest, TokenRequest } from '../../domain/token-request.ts';
import type { StockLevel } from '../../domain/token-stock.ts';
import type { AccountView } from '../shared/account-view.ts';

/** What an approver decides by, besides the request itself. */
export interface ApproverInputs {
  readonly views: ReadonlyMap<AccountId, AccountView>;
  /** Every open request of the company. */
  readonly open: readonly OpenTokenRequest[];
  /** Where the company keeps a stock. */
  readonly stock: StockLevel | undefined;
  /** The person it is for can no longer be reached. */
  readonly requesterGone: boolean;
}

/** Returns the request with what an approver decides by: each account's situation, the person's other requests, the stock. */
export function withApproverDetails(
  shown: TokenRequestNotification,
  { id, requestedBy }: Pick<TokenRequest, 'id' | 'requestedBy'>,
  { views, open, stock, requesterGone }: ApproverInputs,
): TokenRequestNotification {
  return {
    ...shown,
    otherOpen: open.filter((other) => other.id !== id && other.requestedBy === requestedBy).length,
    ...(stock && { stock }),
    ...(requesterGone && { requesterGone }),
    accounts: shown.accounts.map((account) => {
      const view = views.get(account.id);
      return view ? { ...account, situation: situationOf(view) } : account;
    }),
  };
}

function situationOf({ account, compliance, owner, required }: AccountView): TokenAccountSituation {
  return {
    level: required.level,
    compliance,
    mfa: account.verdict?.mfa ?? 'unknown',
    owner: owner?.identifier ?? null,
  };
}
