import type { WebClient } from '@slack/web-api';
import { isPermanentError, SlackSetupError } from './retry.ts';
import { isPlatformError } from './slack-errors.ts';

/** The workspace and the bot user of the bot token. */
export interface WorkspaceIdentity {
  readonly teamId: string;
  readonly teamName: string;
  readonly botId: string;
  readonly botUserId: string;
  /** The address of the workspace's Slack, such as `https://example.slack.com/`. */
  readonly url: string;
}

/** Scopes that every command needs; a scope for one feature is checked by that feature. */
export const REQUIRED_SCOPES = [
  'commands',
  'chat:write',
  'im:write',
  'users:read',
  'users:read.email',
  'channels:read',
];

/** Returns the workspace of the bot token; throws a SlackSetupError if Slack refuses the token. */
export async function identifyWorkspace(client: WebClient): Promise<WorkspaceIdentity> {
  const { team_id, team, bot_id, user_id, url, response_metadata } = await client.auth
    .test()
    .catch((error: unknown) => {
      throw isPlatformError(error) && isPermanentError(error)
        ? new SlackSetupError(botTokenErrorText(error.data.error))
        : error;
    });
  const missing = missingScopes(response_metadata?.scopes);
  if (missing.length > 0) throw new SlackSetupError(missingScopeText(missing.join(', ')));
  return {
    teamId: team_id ?? '',
    teamName: team ?? '',
    botId: bot_id ?? '',
    botUserId: user_id ?? '',
    url: url ?? '',
  };
}

/** Returns what to do about a missing scope. */
export function missingScopeText(scope: string): string {
  return `The Slack app lacks the scope ${scope}: add it under "OAuth & Permissions" as in manifest.yml, and install the app again`;
}

function missingScopes(granted: readonly string[] | undefined): readonly string[] {
  // Some installations do not say; then the first call that lacks one fails.
  return granted === undefined ? [] : REQUIRED_SCOPES.filter((scope) => !granted.includes(scope));
}

function botTokenErrorText(code: string): string {
  switch (code) {
    case 'invalid_auth':
    case 'not_authed':
      return 'Slack does not know SLACK_BOT_TOKEN: copy the bot token again from "OAuth & Permissions"';
    case 'token_revoked':
    case 'token_expired':
    case 'account_inactive':
      return 'SLACK_BOT_TOKEN was revoked: install the app again and copy the new bot token from "OAuth & Permissions"';
    case 'not_allowed_token_type':
      return 'SLACK_BOT_TOKEN is not a bot token: expected the one that begins with xoxb-';
    default:
      return `Slack refused SLACK_BOT_TOKEN (${code}): check the app under "OAuth & Permissions"`;
  }
}
