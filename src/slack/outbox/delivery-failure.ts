import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { RetryLaterError, StoppedError } from './rate-limiter.ts';

/** What a failed call means for a notification. */
export type DeliveryFailure =
  /** The bot stops; the call was not made. */
  | { readonly kind: 'stopped'; readonly error: string }
  /** Slack wants no such call until then. */
  | { readonly kind: 'retry-later'; readonly error: string; readonly until: Date }
  | { readonly kind: 'rate-limited'; readonly error: string; readonly retryAfterMs: number }
  /** It will never work; `error` is a sentence that says what to do. */
  | { readonly kind: 'permanent'; readonly error: string; readonly code: string }
  /** Slack cannot read the layout; the same words without it may pass. */
  | { readonly kind: 'layout'; readonly error: string; readonly pointers: readonly string[] }
  /** There is no such thread to write in. */
  | { readonly kind: 'no-thread'; readonly error: string }
  /** Someone who runs the bot must act; `all` if no notification can be delivered until then. */
  | { readonly kind: 'operator'; readonly error: string; readonly all: boolean }
  /** It may be the token that is of no use, or the person: Slack says the same of both. */
  | { readonly kind: 'inactive'; readonly error: string }
  /** Slack refused, for a reason that may pass. */
  | { readonly kind: 'refused'; readonly error: string }
  /** The call had no effect. */
  | { readonly kind: 'not-sent'; readonly error: string }
  /** It is unknown whether the call took effect. */
  | { readonly kind: 'unknown'; readonly error: string };

const ASK_SLACK_ADMIN = 'Only some people can post there: ask a Slack admin to allow the bot';
const NAME_ANOTHER_OWNER = 'name another owner for their accounts';

/** What never works, and what to do about it. */
const PERMANENT_ERRORS: Readonly<Record<string, string>> = {
  user_not_found: `Slack does not know this person: ${NAME_ANOTHER_OWNER}`,
  users_not_found: `Slack does not know this person: ${NAME_ANOTHER_OWNER}`,
  user_disabled: `The person's Slack account is deactivated: ${NAME_ANOTHER_OWNER}`,
  user_not_visible: `The person belongs to another company or is hidden from the bot: ${NAME_ANOTHER_OWNER}`,
  invalid_user_combination: `The bot cannot message this person: ${NAME_ANOTHER_OWNER}`,
  cannot_dm_bot: `Bots cannot receive messages: ${NAME_ANOTHER_OWNER}`,
  channel_not_found:
    'Slack cannot find the conversation: check the channel in root-mfa.yml, and invite the bot if it is private; if it is a person, their account may be deactivated',
  not_in_channel: 'The bot is not in the channel: invite it there with /invite',
  is_archived: 'The channel is archived: name another one in root-mfa.yml',
  method_not_supported_for_channel_type:
    'This conversation cannot receive messages: name a channel or a person',
  restricted_action: ASK_SLACK_ADMIN,
  restricted_action_read_only_channel: ASK_SLACK_ADMIN,
  restricted_action_thread_only_channel: ASK_SLACK_ADMIN,
  restricted_action_non_threadable_channel: ASK_SLACK_ADMIN,
  restricted_action_thread_locked: ASK_SLACK_ADMIN,
  no_text: 'The notification is empty',
};

/** Edits that never work: the message stays as it is. */
const UNEDITABLE_ERRORS: Readonly<Record<string, string>> = {
  message_not_found: 'The message was deleted',
  cant_update_message: 'Slack does not let the bot change this message',
  edit_window_closed: 'The message is too old to be edited',
  update_failed: 'Slack cannot change this message',
};

const LAYOUT_ERRORS = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_blocks_too_long',
  'msg_too_long',
]);

const THREAD_ERRORS = new Set(['thread_not_found', 'cannot_reply_to_message', 'invalid_thread_ts']);

const REINSTALL_ADVICE = 'reinstall the app and set SLACK_BOT_TOKEN to the new token';

/** Errors that stop every notification until an operator acts. */
const TOKEN_ERRORS: Readonly<Record<string, string>> = {
  not_authed: 'Slack got no token: set SLACK_BOT_TOKEN',
  invalid_auth: `Slack does not know the bot token: ${REINSTALL_ADVICE}`,
  token_revoked: `The bot token was revoked: ${REINSTALL_ADVICE}`,
  token_expired: `The bot token has expired: ${REINSTALL_ADVICE}`,
  not_allowed_token_type: 'SLACK_BOT_TOKEN is not a bot token: it begins with xoxb-',
  no_permission: `The app lacks a permission: ${REINSTALL_ADVICE}`,
  org_login_required: 'The workspace is moving to an organization: install the app again when it is done',
  team_access_not_granted: `The app has no access to this workspace: ${REINSTALL_ADVICE}`,
  access_denied: `Slack denies the app access: ${REINSTALL_ADVICE}`,
  accesslimited: 'Slack denies access from this network: ask a Slack admin for the allowed addresses',
  ekm_access_denied: 'Slack admins have suspended posting in this workspace: ask them',
};

/** "It's possible some aspect of the operation succeeded before the error was raised." */
const AMBIGUOUS_ERRORS = new Set(['internal_error', 'fatal_error']);

/** The connection was never made, or never trusted. */
const NOT_SENT_ERRORS = new Set([
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

/** Classifies the error of a call. `unknown` is the safe answer: the next attempt looks before it sends again. */
export function deliveryFailureOf(error: unknown): DeliveryFailure {
  if (error instanceof StoppedError) return { kind: 'stopped', error: error.message };
  if (error instanceof RetryLaterError)
    return { kind: 'retry-later', error: error.message, until: error.until };
  if (error instanceof WebAPIRateLimitedError) return rateLimited(error.retryAfter);
  if (error instanceof WebAPIPlatformError) return platformFailure(error.data);
  if (error instanceof WebAPIHTTPError) {
    // Below 500 a proxy or Slack turned the call away; above, it may have been at work already.
    const kind = error.statusCode < 500 ? 'refused' : 'unknown';
    return { kind, error: `Slack returned HTTP status ${error.statusCode}` };
  }
  if (error instanceof WebAPIRequestError) return networkFailure(error.original);
  // The SDK's words for a 429 that does not say how long.
  if (error instanceof Error && error.message.startsWith('Retry header')) return rateLimited(30);
  return { kind: 'unknown', error: error instanceof Error ? error.message : String(error) };
}

function platformFailure(data: WebAPIPlatformError['data'] & { readonly needed?: unknown }): DeliveryFailure {
  const { error: code, response_metadata, needed } = data;
  const withCode = (sentence: string) => `${sentence} (${code})`;
  const permanent = PERMANENT_ERRORS[code] ?? UNEDITABLE_ERRORS[code];
  if (permanent !== undefined) return { kind: 'permanent', error: withCode(permanent), code };
  const token = TOKEN_ERRORS[code];
  if (token !== undefined) return { kind: 'operator', error: withCode(token), all: true };

  if (LAYOUT_ERRORS.has(code)) {
    return {
      kind: 'layout',
      error: withCode('Slack rejected the layout'),
      pointers: response_metadata?.messages ?? [],
    };
  }
  if (THREAD_ERRORS.has(code)) return { kind: 'no-thread', error: withCode('The thread does not exist') };
  if (code === 'account_inactive') {
    return {
      kind: 'inactive',
      error: withCode(`The person's Slack account is deactivated: ${NAME_ANOTHER_OWNER}`),
    };
  }
  if (code === 'missing_scope') {
    const scope = typeof needed === 'string' ? needed : 'another scope';
    return {
      kind: 'operator',
      error: withCode(`The app needs ${scope}: update it from manifest.yml and install it again`),
      all: false,
    };
  }
  if (code === 'messages_tab_disabled') {
    const advice = 'The app cannot send direct messages: turn on its Messages Tab';
    return { kind: 'operator', error: withCode(advice), all: false };
  }
  if (code === 'ratelimited' || code === 'rate_limited' || code === 'message_limit_exceeded') {
    return rateLimited(response_metadata?.retryAfter ?? 60);
  }
  if (AMBIGUOUS_ERRORS.has(code)) return { kind: 'unknown', error: withCode('Slack had an internal error') };
  // What is no word is no answer of Slack's: a page that a proxy made, say.
  if (!/^[a-z][a-z0-9_]*$/.test(code)) return { kind: 'unknown', error: "Slack's answer was not JSON" };
  return { kind: 'refused', error: withCode('Slack refused') };
}

function rateLimited(seconds: number): DeliveryFailure {
  return {
    kind: 'rate-limited',
    error: `Slack asked to wait ${seconds} seconds`,
    retryAfterMs: Math.max(1, seconds) * 1_000,
  };
}

function networkFailure(original: Error): DeliveryFailure {
  if (original.name === 'TimeoutError' || original.name === 'AbortError') {
    return { kind: 'unknown', error: 'Slack did not answer in time' };
  }
  const codes = codesOf(original);
  const [code = original.message] = codes;
  const isNotSent = codes.length > 0 && codes.every((one) => NOT_SENT_ERRORS.has(one));
  return isNotSent
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
