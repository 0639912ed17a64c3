import type { Button } from '@slack/types';
import type { Config } from '../../../config/config.ts';
import type { OpenTokenRequest } from '../../../domain/token-request.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import { button, formatSlackDateTime, joinMarkup, type Markup, md, mention } from '../shared/blocks.ts';
import { showRequestButton } from './token-request.ts';
import { TOKEN_STATE_TEXT, tokenCountText } from './token-text.ts';

export const REQUEST_TOKEN = 'request-token';

type TokenConfig = Pick<Config, 'tokens'>;
type NamedAccount = Pick<AccountView['account'], 'id' | 'name'>;

/** Where the company's own page takes requests for the account; undefined where the bot takes them. */
export function tokenRequestUrl({ tokens }: TokenConfig, { id, name }: NamedAccount): string | undefined {
  if (tokens.mode !== 'link' || tokens.url === undefined) return undefined;
  return tokens.url
    .replaceAll('{accountId}', () => encodeURIComponent(id))
    .replaceAll('{accountName}', () => encodeURIComponent(name));
}

/** *Request a token*: opens the form, or the company's own page. */
export function requestTokenButton(
  config: TokenConfig,
  account: NamedAccount,
  text = 'Request a token',
): Button {
  const url = tokenRequestUrl(config, account);
  const accessibilityLabel = `${text} for ${account.name}`;
  return url === undefined
    ? button(`${REQUEST_TOKEN}:${account.id}`, text, { value: account.id, accessibilityLabel })
    : button(`link:${REQUEST_TOKEN}:${account.id}`, text, { url, accessibilityLabel });
}

/** *Request a token*, for an account that is chosen in the form; undefined where the company's own page asks for one. */
export function requestAnyTokenButton({ tokens }: TokenConfig): Button | undefined {
  return tokens.mode === 'link' ? undefined : button(REQUEST_TOKEN, 'Request a token');
}

/** What an account's page says and offers about keys. */
export interface TokenSection {
  readonly note?: Markup;
  readonly button?: Button;
}

/** The open request of an account, or the way to one where a key would help and the viewer may ask for it. */
export function tokenSection(view: AccountView, canRequest: boolean, config: TokenConfig): TokenSection {
  if (view.tokenRequest) {
    return {
      note: openRequestText(view.tokenRequest),
      ...(canRequest && { button: showRequestButton(view.tokenRequest.id) }),
    };
  }
  const helps = view.compliance === 'noncompliant' || view.level2 === 'fail';
  return helps && canRequest ? { button: requestTokenButton(config, view.account) } : {};
}

/** `2 security keys on the way, asked for by @Ana` */
export function openRequestText({
  state,
  kind,
  quantity,
  requestedBy,
  requestedAt,
}: OpenTokenRequest): Markup {
  return joinMarkup(
    [
      md`${{ markup: TOKEN_STATE_TEXT[state].emoji }} ${tokenCountText(kind, quantity)}: ${TOKEN_STATE_TEXT[state].name.toLowerCase()}. Asked for by `,
      mention(requestedBy),
      md`, `,
      formatSlackDateTime(requestedAt),
    ],
    '',
  );
}
