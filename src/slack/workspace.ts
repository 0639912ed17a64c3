import type { WebClient } from '@slack/web-api';
import { isPlatformError } from './slack-errors.ts';
import { isRefusal, SlackSetupError } from './retry.ts';

/** Where we are, and as whom: what Slack says of our bot token. */
export interface Workspace {
  readonly teamId: string;
  readonly teamName: string;
  readonly botId: string;
  readonly botUserId: string;
  /** The address of the workspace's Slack, such as `https://example.slack.com/`. */
  readonly url: string;
}

/** The scopes without which no command can be answered; a scope that only one feature needs is asked for by that one. */
export const NEEDED_SCOPES = [
  'commands',
  'chat:write',
  'im:write',
  'users:read',
  'users:read.email',
  'channels:read',
];

/** The workspace of our bot token; throws a SlackSetupError when Slack will not have it. */
export async function enterWorkspace(client: WebClient): Promise<Workspace> {
  const { team_id, team, bot_id, user_id, url, response_metadata } = await client.auth
    .test()
    .catch((error: unknown) => {
      throw isPlatformError(error) && isRefusal(error)
        ? new SlackSetupError(refusedToken(error.data.error))
        : error;
    });
  const missing = missingScopes(response_metadata?.scopes);
  if (missing.length > 0) throw new SlackSetupError(lacksScope(missing.join(', ')));
  return {
    teamId: team_id ?? '',
    teamName: team ?? '',
    botId: bot_id ?? '',
    botUserId: user_id ?? '',
    url: url ?? '',
  };
}

/** What to do about a scope that the app was not given. */
export function lacksScope(scope: string): string {
  return `The Slack app lacks the scope ${scope}: add it under "OAuth & Permissions" as in manifest.yml, and install the app again`;
}

function missingScopes(granted: readonly string[] | undefined): readonly string[] {
  // Some installations do not say; then the first call that lacks one tells.
  return granted === undefined ? [] : NEEDED_SCOPES.filter((scope) => !granted.includes(scope));
}

function refusedToken(code: string): string {
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
