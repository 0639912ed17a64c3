import type { WebClient } from '@slack/web-api';
import { countChannelChanges, recordChannelChange } from '../store/channel-changes.ts';
import { type Database, DatabaseError } from '../store/database.ts';
import type { Log } from '../usecases/shared/context.ts';
import type { DenialReason } from './denial.ts';
import { retryTransient } from './retry.ts';
import { answerPart, isPlatformError } from './slack-errors.ts';
import { createTtlCache } from './ttl-cache.ts';

/** Which conversations the bot shows accounts in. */
export interface ChannelPolicy {
  /** Returns why nothing can be shown in a conversation; undefined when it can. */
  denialReason(channelId: string): Promise<DenialReason | undefined>;
  /** Makes every instance look the channel up again: who can read it has changed. */
  recordChange(channelId: string): Promise<void>;
}

const CHANNEL_MAX_AGE_MS = 5 * 60_000;

/** Slack shows the bot no such channel: it does not exist, or is private and the bot is no member. */
const DEFINITE_CHANNEL_ERRORS: ReadonlySet<string> = new Set([
  'channel_not_found',
  'method_not_supported_for_channel_type',
]);

/** Creates the policy of one workspace: nothing is shown where another company can read along, or may do so. */
export function createChannelPolicy({
  client,
  db,
  log,
}: {
  readonly client: WebClient;
  readonly db: Database;
  readonly log: Log;
}): ChannelPolicy {
  const lookUp = async (channelId: string): Promise<DenialReason | undefined> => {
    try {
      const { channel } = await retryTransient(() => client.conversations.info({ channel: channelId }));
      return isShared(answerPart(channel, 'the channel')) ? 'shared-channel' : undefined;
    } catch (error) {
      if (isPlatformError(error) && DEFINITE_CHANNEL_ERRORS.has(error.data.error))
        return 'unreadable-channel';
      throw error;
    }
  };
  // The number of changes is part of the key: after a change the old answer is never found again.
  const lookups = createTtlCache(CHANNEL_MAX_AGE_MS, (key) => lookUp(key.split(' ')[0] ?? ''));

  return {
    async denialReason(channelId) {
      // A direct message with the bot has two members, and the other one was authorized.
      if (channelId.startsWith('D')) return undefined;
      try {
        return await lookups.get(`${channelId} ${await countChannelChanges(db, channelId)}`);
      } catch (error) {
        log.warn({ channel: channelId, err: error }, 'Channel lookup failed');
        return error instanceof DatabaseError ? 'database-unavailable' : 'channel-lookup-failed';
      }
    },
    recordChange: (channelId) => recordChannelChange(db, channelId),
  };
}

function isShared(channel: {
  readonly is_ext_shared?: boolean;
  readonly is_pending_ext_shared?: boolean;
  readonly pending_connected_team_ids?: readonly string[];
}): boolean {
  const { is_ext_shared, is_pending_ext_shared, pending_connected_team_ids = [] } = channel;
  return is_ext_shared === true || is_pending_ext_shared === true || pending_connected_team_ids.length > 0;
}
