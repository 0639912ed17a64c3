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

/** Returns the company's own request page for the account; undefined if the bot takes requests. */
export function tokenRequestUrl({ tokens }: TokenConfig, { id, name }: NamedAccount): string | undefined {
  if (tokens.mode !== 'link' || tokens.url === undefined) return undefined;
  return tokens.url
    .replaceAll('{accountId}', () => encodeURIComponent(id))
    .replaceAll('{accountName}', () => encodeURIComponent(name));
}

/** Returns the button that requests a key: it opens the form, or the company's own page. */
export function requestTokenButton(
  config: TokenConfig,
  account: NamedAccount,
  text = 'Request a hardware key',
): Button {
  const url = tokenRequestUrl(config, account);
  const accessibilityLabel = `${text} for ${account.name}`;
  return url === undefined
    ? button(`${REQUEST_TOKEN}:${account.id}`, text, { value: account.id, accessibilityLabel })
    : button(`link:${REQUEST_TOKEN}:${account.id}`, text, { url, accessibilityLabel });
}

/** Returns the button that requests a key for an account chosen in the form; undefined with a page of the company's own. */
export function requestAnyTokenButton({ tokens }: TokenConfig): Button | undefined {
  return tokens.mode === 'link' ? undefined : button(REQUEST_TOKEN, 'Request a hardware key');
}

/** What an account's view shows about keys. */
export interface TokenSection {
  readonly note?: Markup;
  readonly button?: Button;
}

/** Returns the open request of an account, or a button to start one if a key would help and the viewer can request it. */
export function tokenSection(view: AccountView, canRequest: boolean, config: TokenConfig): TokenSection {
  if (view.tokenRequest) {
    return {
      note: openRequestText(view.tokenRequest),
      ...(canRequest && { button: showRequestButton(view.tokenRequest.id) }),
    };
  }
  const helps =
    view.required.rootCredentials === 'allowed' &&
    (view.compliance === 'noncompliant' || view.level2 === 'fail');
  return helps && canRequest ? { button: requestTokenButton(config, view.account) } : {};
}

/** Returns `2 security keys: on the way. Requested by @Ana, Nov 24 at 10:00`. */
export function openRequestText({
  state,
  kind,
  quantity,
  requestedBy,
  handover,
  requestedAt,
  ticket,
}: OpenTokenRequest): Markup {
  return joinMarkup(
    [
      md`${{ markup: TOKEN_STATE_TEXT[state].emoji }} ${tokenCountText(kind, quantity)}: ${TOKEN_STATE_TEXT[state].name.toLowerCase()}. Requested by `,
      mention(handover?.from ?? requestedBy),
      md`, `,
      formatSlackDateTime(requestedAt),
      ...(handover ? [md`, now with `, mention(requestedBy)] : []),
      ticket === null ? md`` : md` (${ticket})`,
    ],
    '',
  );
}
