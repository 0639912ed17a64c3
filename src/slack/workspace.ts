import { setTimeout as pause } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Log } from '../usecases/context.ts';
import { isPlatformError } from './slack-errors.ts';

/** Where we are, and as whom: what Slack says of our bot token. */
export interface Workspace {
  readonly teamId: string;
  readonly teamName: string;
  readonly botId: string;
  readonly botUserId: string;
  /** The address of the workspace's Slack, such as `https://example.slack.com/`. */
  readonly url: string;
}

/** Slack will not have us as things are: a person must change something. The message says what. */
export class SlackSetupError extends Error {
  override readonly name = 'SlackSetupError';
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** The scopes without which no command can be answered; a scope that only one feature needs is asked for by that one. */
const NEEDED = ['commands', 'chat:write', 'im:write', 'users:read', 'users:read.email', 'channels:read'];

/** The workspace, as soon as Slack answers. Tries for as long as it takes; throws when Slack says no. */
export async function enterWorkspace(client: WebClient, log: Log, signal: AbortSignal): Promise<Workspace> {
  for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
    try {
      const { team_id, team, bot_id, user_id, url, response_metadata } = await client.auth.test();
      const missing = missingScopes(response_metadata?.scopes);
      if (missing.length > 0) {
        throw new SlackSetupError(
          `The Slack app lacks the scope ${missing.join(', ')}: add it under "OAuth & Permissions" as in manifest.yml, and install the app again`,
        );
      }
      return {
        teamId: team_id ?? '',
        teamName: team ?? '',
        botId: bot_id ?? '',
        botUserId: user_id ?? '',
        url: url ?? '',
      };
    } catch (error) {
      if (error instanceof SlackSetupError) throw error;
      if (isPlatformError(error)) throw new SlackSetupError(refusedToken(error.data.error));
      log.warn({ err: error, retryInMs: wait }, 'Slack cannot be reached; trying again');
      await pause(wait, undefined, { signal });
    }
  }
}

function missingScopes(granted: readonly string[] | undefined): readonly string[] {
  // Some installations do not say; then the first call that lacks one tells.
  return granted === undefined ? [] : NEEDED.filter((scope) => !granted.includes(scope));
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
