import type { Button } from '@slack/types';
import type { Config } from '../../../config/config.ts';
import type { OpenTokenRequest } from '../../../domain/token-request.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import { button, joined, type Markup, md, mention, moment } from '../shared/blocks.ts';
import { showRequestButton } from './token-request.ts';
import { howMany, TOKEN_STATE } from './token-text.ts';

export const REQUEST_TOKEN = 'request-token';

type Tokens = Pick<Config, 'tokens'>;
type Named = Pick<AccountView['account'], 'id' | 'name'>;

/** Where the company's own page takes requests for the account; undefined where the bot takes them. */
export function tokenLink({ tokens }: Tokens, { id, name }: Named): string | undefined {
  if (tokens.mode !== 'link' || tokens.url === undefined) return undefined;
  return tokens.url
    .replaceAll('{accountId}', () => encodeURIComponent(id))
    .replaceAll('{accountName}', () => encodeURIComponent(name));
}

/** *Request a token*: opens the form, or the company's own page. */
export function requestTokenButton(config: Tokens, account: Named, text = 'Request a token'): Button {
  const url = tokenLink(config, account);
  const describe = `${text} for ${account.name}`;
  return url === undefined
    ? button(`${REQUEST_TOKEN}:${account.id}`, text, { value: account.id, describe })
    : button(`link:${REQUEST_TOKEN}:${account.id}`, text, { url, describe });
}

/** *Request a token*, for an account that is chosen in the form; undefined where the company's own page asks for one. */
export function requestAnyTokenButton({ tokens }: Tokens): Button | undefined {
  return tokens.mode === 'link' ? undefined : button(REQUEST_TOKEN, 'Request a token');
}

/** What an account's page says and offers about keys. */
export interface TokenPart {
  readonly note?: Markup;
  readonly button?: Button;
}

/** The open request of an account, or the way to one where a key would help and the viewer may ask for it. */
export function tokenPart(view: AccountView, mayAsk: boolean, config: Tokens): TokenPart {
  if (view.tokenRequest) {
    return {
      note: openRequestWords(view.tokenRequest),
      ...(mayAsk && { button: showRequestButton(view.tokenRequest.id) }),
    };
  }
  const helps = view.standing === 'unmet' || view.level2 === 'fail';
  return helps && mayAsk ? { button: requestTokenButton(config, view.account) } : {};
}

/** `2 security keys on the way, asked for by @Ana` */
export function openRequestWords({
  state,
  kind,
  quantity,
  requestedBy,
  requestedAt,
}: OpenTokenRequest): Markup {
  return joined(
    [
      md`${{ markup: TOKEN_STATE[state].emoji }} ${howMany(kind, quantity)}: ${TOKEN_STATE[state].name.toLowerCase()}. Asked for by `,
      mention(requestedBy),
      md`, `,
      moment(requestedAt),
    ],
    '',
  );
}
