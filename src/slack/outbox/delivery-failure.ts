import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { ComeBackLater, Stopped } from './rate-limiter.ts';

/** What a call that failed means for a letter. */
export type Failure =
  /** The bot stops; the call was not made. */
  | { readonly kind: 'stopped'; readonly error: string }
  /** Slack wants no such call until then. */
  | { readonly kind: 'later'; readonly error: string; readonly until: Date }
  | { readonly kind: 'too-fast'; readonly error: string; readonly retryAfterMs: number }
  /** It will never work; `error` is a sentence that says what to do. */
  | { readonly kind: 'hopeless'; readonly error: string; readonly code: string }
  /** Slack cannot read the layout; the same words without it may pass. */
  | { readonly kind: 'layout'; readonly error: string; readonly pointers: readonly string[] }
  /** There is no such thread to write in. */
  | { readonly kind: 'no-thread'; readonly error: string }
  /** It needs whoever runs the bot; `all` if no letter can be delivered meanwhile. */
  | { readonly kind: 'operator'; readonly error: string; readonly all: boolean }
  /** It may be the token that is of no use, or the person: Slack says the same of both. */
  | { readonly kind: 'inactive'; readonly error: string }
  /** Slack refused, for a reason that may pass. */
  | { readonly kind: 'refused'; readonly error: string }
  /** The call surely did nothing. */
  | { readonly kind: 'not-sent'; readonly error: string }
  /** Nobody knows whether the call did its work. */
  | { readonly kind: 'unknown'; readonly error: string };

const ASK_AN_ADMIN = 'The workspace lets only some people post there: ask a Slack admin to allow the bot';
const OTHER_OWNER = 'name another owner for their accounts';

/** What never works, and what to do about it. */
const HOPELESS: Readonly<Record<string, string>> = {
  user_not_found: `Slack knows no such person: ${OTHER_OWNER}`,
  users_not_found: `Slack knows no such person: ${OTHER_OWNER}`,
  user_disabled: `The person's Slack account is deactivated: ${OTHER_OWNER}`,
  user_not_visible: `The person belongs to another company or is hidden from the bot: ${OTHER_OWNER}`,
  invalid_user_combination: `The bot may not write to this person: ${OTHER_OWNER}`,
  cannot_dm_bot: `Bots cannot be written to: ${OTHER_OWNER}`,
  channel_not_found:
    'Slack shows the bot no such conversation: check the channel in root-mfa.yml, and invite the bot if it is private; if it is a person, their account may be deactivated',
  not_in_channel: 'The bot is not in the channel: invite it there with /invite',
  is_archived: 'The channel is archived: name another one in root-mfa.yml',
  method_not_supported_for_channel_type: 'Such a conversation takes no messages: name a channel or a person',
  restricted_action: ASK_AN_ADMIN,
  restricted_action_read_only_channel: ASK_AN_ADMIN,
  restricted_action_thread_only_channel: ASK_AN_ADMIN,
  restricted_action_non_threadable_channel: ASK_AN_ADMIN,
  restricted_action_thread_locked: ASK_AN_ADMIN,
  no_text: 'There is nothing in the letter to send',
};

/** Edits that never work: the message stays as it is. */
const GONE: Readonly<Record<string, string>> = {
  message_not_found: 'The message is gone: somebody deleted it',
  cant_update_message: 'Slack does not let the bot change this message',
  edit_window_closed: 'Slack lets nobody change a message that old',
  update_failed: 'Slack cannot change this message',
};

const LAYOUT = new Set(['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long']);

const NO_THREAD = new Set(['thread_not_found', 'cannot_reply_to_message', 'invalid_thread_ts']);

const NEW_TOKEN = 'install the app again and set SLACK_BOT_TOKEN anew';

/** What stops every letter until the operator acts. */
const TOKEN: Readonly<Record<string, string>> = {
  not_authed: 'Slack got no token: set SLACK_BOT_TOKEN',
  invalid_auth: `Slack does not know the bot token: ${NEW_TOKEN}`,
  token_revoked: `The bot token was revoked: ${NEW_TOKEN}`,
  token_expired: `The bot token has expired: ${NEW_TOKEN}`,
  not_allowed_token_type: 'SLACK_BOT_TOKEN is not a bot token: it begins with xoxb-',
  no_permission: `The app may not do this: ${NEW_TOKEN}`,
  org_login_required: 'The workspace is moving to an organization: install the app again when it is done',
  team_access_not_granted: `The app has no access to this workspace: ${NEW_TOKEN}`,
  access_denied: `Slack denies the app access: ${NEW_TOKEN}`,
  accesslimited: 'Slack denies access from this network: ask a Slack admin for the allowed addresses',
  ekm_access_denied: 'Slack admins have suspended posting in this workspace: ask them',
};

/** "It's possible some aspect of the operation succeeded before the error was raised." */
const HALF_DONE = new Set(['internal_error', 'fatal_error']);

/** The connection was never made, or never trusted. */
const NEVER_LEFT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_PRX_TLS',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** What the error of a call means. `unknown` is the safe answer: then somebody looks before anything is sent again. */
export function failureOf(error: unknown): Failure {
  if (error instanceof Stopped) return { kind: 'stopped', error: error.message };
  if (error instanceof ComeBackLater) return { kind: 'later', error: error.message, until: error.until };
  if (error instanceof WebAPIRateLimitedError) return tooFast(error.retryAfter);
  if (error instanceof WebAPIPlatformError) return refusal(error.data);
  if (error instanceof WebAPIHTTPError) {
    // Below 500 a proxy or Slack turned the call away; above, it may have been at work already.
    const kind = error.statusCode < 500 ? 'refused' : 'unknown';
    return { kind, error: `Slack answered with HTTP status ${error.statusCode}` };
  }
  if (error instanceof WebAPIRequestError) return networkFailure(error.original);
  // The SDK's words for a 429 that does not say how long.
  if (error instanceof Error && error.message.startsWith('Retry header')) return tooFast(30);
  return { kind: 'unknown', error: error instanceof Error ? error.message : String(error) };
}

function refusal(data: WebAPIPlatformError['data'] & { readonly needed?: unknown }): Failure {
  const { error: code, response_metadata, needed } = data;
  const because = (sentence: string) => `${sentence} (${code})`;
  const hopeless = HOPELESS[code] ?? GONE[code];
  if (hopeless !== undefined) return { kind: 'hopeless', error: because(hopeless), code };
  const token = TOKEN[code];
  if (token !== undefined) return { kind: 'operator', error: because(token), all: true };

  if (LAYOUT.has(code)) {
    return {
      kind: 'layout',
      error: because('Slack cannot read the layout'),
      pointers: response_metadata?.messages ?? [],
    };
  }
  if (NO_THREAD.has(code)) return { kind: 'no-thread', error: because('There is no such thread') };
  if (code === 'account_inactive') {
    return { kind: 'inactive', error: because(`The person's Slack account is deactivated: ${OTHER_OWNER}`) };
  }
  if (code === 'missing_scope') {
    const scope = typeof needed === 'string' ? needed : 'another scope';
    return {
      kind: 'operator',
      error: because(`The app needs ${scope}: update it from manifest.yml and install it again`),
      all: false,
    };
  }
  if (code === 'messages_tab_disabled') {
    const advice = 'Nobody can get direct messages: switch the Messages Tab of the app on';
    return { kind: 'operator', error: because(advice), all: false };
  }
  if (code === 'ratelimited' || code === 'rate_limited' || code === 'message_limit_exceeded') {
    return tooFast(response_metadata?.retryAfter ?? 60);
  }
  if (HALF_DONE.has(code)) return { kind: 'unknown', error: because('Slack had trouble') };
  // What is no word is no answer of Slack's: a page that a proxy made, say.
  if (!/^[a-z][a-z0-9_]*$/.test(code)) return { kind: 'unknown', error: 'Slack answered with no JSON' };
  return { kind: 'refused', error: because('Slack refused') };
}

function tooFast(seconds: number): Failure {
  return {
    kind: 'too-fast',
    error: `Slack asked to wait ${seconds} seconds`,
    retryAfterMs: Math.max(1, seconds) * 1_000,
  };
}

function networkFailure(original: Error): Failure {
  if (original.name === 'TimeoutError' || original.name === 'AbortError') {
    return { kind: 'unknown', error: 'Slack did not answer in time' };
  }
  const codes = codesOf(original);
  const [code = original.message] = codes;
  const surely = codes.length > 0 && codes.every((one) => NEVER_LEFT.has(one));
  return surely
    ? { kind: 'not-sent', error: `Slack cannot be reached: ${code}` }
    : { kind: 'unknown', error: `The connection to Slack broke: ${code}` };
}

/** Every code below an error: fetch wraps its cause, and a host with several addresses fails once for each. */
function codesOf(error: unknown): readonly string[] {
  const { code, errors, cause } = (error ?? {}) as { code?: unknown; errors?: unknown; cause?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors.flatMap(codesOf);
  if (typeof code === 'string') return [code];
  return cause === undefined ? [] : codesOf(cause);
}
