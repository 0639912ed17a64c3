import type { WebClient } from '@slack/web-api';
import type { Config } from '../config/config.ts';
import { isPersonIdentifier } from '../domain/owner.ts';
import { type Actor, isSlackUserId, type SlackUserId } from '../domain/person.ts';
import type { Person } from '../store/people.ts';
import type { IsUnreachable } from '../usecases/owners/find-unreachable-owners.ts';
import type { Log } from '../usecases/shared/context.ts';
import { isPlatformError } from './slack-errors.ts';
import type { UserDirectory } from './user-directory.ts';

/** Somebody who may use the bot, and whether they decide for the company. */
export interface Caller extends Actor {
  readonly id: SlackUserId;
  /** Lower case. */
  readonly email: string | null;
  /** Untrusted text. */
  readonly name: string;
  /** An IANA zone. */
  readonly timeZone: string;
  /** For whom they stand in, if they are the fallback: owners who cannot be reached. */
  readonly standsInFor?: IsUnreachable;
}

/** Who acts, as Slack says with each interaction. */
export interface ClaimedIdentity {
  readonly userId: string;
  /** The workspace of the person, not that of the conversation. */
  readonly teamId: string | undefined;
}

export type DenialReason =
  | 'other-workspace'
  | 'guest'
  | 'deactivated'
  | 'bot'
  | 'unknown-user'
  | 'shared-channel'
  | 'unreadable-channel'
  | 'lookup-failed';

export type Access =
  | { readonly kind: 'granted'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/** Whom the bot answers, and where. */
export interface Authorizer {
  /** Whether this person may use the bot at all; asked at every interaction, whatever a button says. */
  authorize(claim: ClaimedIdentity): Promise<Access>;
  /** Why nothing may be shown in a conversation; undefined when it may. */
  channelDenialReason(channelId: string): Promise<DenialReason | undefined>;
  /** Everybody who decides for the company and may use the bot. */
  admins(): Promise<readonly SlackUserId[]>;
  /** Forgets what is known of a channel: it was shared a moment ago. */
  invalidateChannel(channelId: string): void;
}

/** What Slack says of a person is believed for so long. */
export const PERSON_MAX_AGE_MS = 10 * 60_000;
const GROUP_MAX_AGE_MS = 10 * 60_000;
const CHANNEL_MAX_AGE_MS = 5 * 60_000;

/**
 * The gate of one workspace.
 *
 * It looks at the person who acts, never at the conversation's workspace: somebody of another company may click our
 * buttons in a shared channel, and Slack then names our workspace as the conversation's. What cannot be asked is refused.
 */
export function createAuthorizer({
  client,
  people,
  config,
  homeTeam,
  unreachable,
  log,
}: {
  readonly client: WebClient;
  readonly people: UserDirectory;
  readonly log: Log;
  readonly config: Pick<Config, 'slack' | 'owners'>;
  /** Which owners cannot be reached. */
  readonly unreachable: () => Promise<IsUnreachable>;
  readonly homeTeam: () => string | undefined;
}): Authorizer {
  const { admins, enterpriseTeams } = config.slack;
  const isOurTeam = (team: string | undefined) =>
    team !== undefined && (team === homeTeam() || enterpriseTeams.includes(team));

  const groups = createTtlCache(GROUP_MAX_AGE_MS, async (group: string) => {
    try {
      const { users = [] } = await client.usergroups.users.list({ usergroup: group });
      return new Set(users);
    } catch (error) {
      // A group that is gone makes nobody an admin; it must not lock everybody else out.
      if (!isPlatformError(error)) throw error;
      log.warn({ group, error: error.data.error }, 'A user group of slack.admins cannot be read');
      return new Set<string>();
    }
  });
  const isAdmin = async ({ slackId, email }: Person): Promise<boolean> => {
    if (admins.some((entry) => entry === slackId || (email !== null && entry.toLowerCase() === email)))
      return true;
    for (const group of admins.filter((entry) => !isPersonIdentifier(entry))) {
      if ((await groups.get(group)).has(slackId)) return true;
    }
    return false;
  };

  const fallback = config.owners.fallback?.trim();
  const isFallback = ({ slackId, email }: Person): boolean =>
    fallback !== undefined && (fallback === slackId || fallback.toLowerCase() === email);

  const channels = createTtlCache(
    CHANNEL_MAX_AGE_MS,
    async (id: string): Promise<DenialReason | undefined> => {
      try {
        const { channel } = await client.conversations.info({ channel: id });
        const pending = (channel as { pending_connected_team_ids?: string[] } | undefined)
          ?.pending_connected_team_ids;
        const isShared =
          channel?.is_ext_shared === true ||
          channel?.is_pending_ext_shared === true ||
          (pending?.length ?? 0) > 0;
        return isShared ? 'shared-channel' : undefined;
      } catch (error) {
        // Nobody but Slack can say whether strangers read along, and a private channel is told only to its members.
        if (isPlatformError(error)) return 'unreadable-channel';
        throw error;
      }
    },
  );

  return {
    async authorize({ userId, teamId }) {
      if (!isOurTeam(teamId)) return { kind: 'refused', reason: 'other-workspace' };
      try {
        const person = await people.byId(userId, PERSON_MAX_AGE_MS);
        if (!person || !isSlackUserId(person.slackId)) return { kind: 'refused', reason: 'unknown-user' };
        const reason = denialReasonFor(person, isOurTeam);
        if (reason) return { kind: 'refused', reason };
        const { slackId: id, email, name } = person;
        const caller = {
          id,
          email,
          name,
          timeZone: person.timeZone ?? 'UTC',
          admin: await isAdmin(person),
          ...(isFallback(person) && { standsInFor: await unreachable() }),
        };
        return { kind: 'granted', caller };
      } catch (error) {
        log.warn({ user: userId, err: error }, 'Nobody could say who somebody is');
        return { kind: 'refused', reason: 'lookup-failed' };
      }
    },
    async channelDenialReason(id) {
      // A direct message with the bot has two members, and who they are was checked.
      if (id.startsWith('D')) return undefined;
      try {
        return await channels.get(id);
      } catch (error) {
        log.warn({ channel: id, err: error }, 'Nobody could say whether a channel is shared');
        return 'lookup-failed';
      }
    },
    async admins() {
      const adminIds = await Promise.all(
        admins.map(async (entry) => {
          if (!isPersonIdentifier(entry)) return [...(await groups.get(entry))];
          const person = await people.byName(entry);
          return person ? [person.slackId] : [];
        }),
      );
      const found = await Promise.all([...new Set(adminIds.flat())].map((id) => people.byId(id)));
      return found.flatMap((person) =>
        person && isSlackUserId(person.slackId) && !denialReasonFor(person, isOurTeam)
          ? [person.slackId]
          : [],
      );
    },
    invalidateChannel: (id) => channels.delete(id),
  };
}

function denialReasonFor(
  { kind, teamId }: Person,
  isOurTeam: (team: string | undefined) => boolean,
): DenialReason | undefined {
  switch (kind) {
    case 'member':
      return undefined;
    case 'external':
      return isOurTeam(teamId ?? undefined) ? undefined : 'other-workspace';
    case 'guest':
    case 'deactivated':
    case 'bot':
      return kind;
  }
}

/** Answers that are asked for once in a while; a failure is not remembered. */
function createTtlCache<T>(maxAgeMs: number, load: (key: string) => Promise<T>) {
  const entries = new Map<string, { readonly at: number; readonly answer: Promise<T> }>();
  return {
    get(key: string): Promise<T> {
      const found = entries.get(key);
      // By the machine's own clock: what others may do must not hang on a rehearsal's.
      if (found && performance.now() - found.at < maxAgeMs) return found.answer;
      const answer = load(key);
      entries.set(key, { at: performance.now(), answer });
      answer.catch(() => entries.delete(key));
      return answer;
    },
    delete: (key: string) => entries.delete(key),
  };
}

/** What somebody is told who is turned away. It names no account. */
export function denialText(reason: DenialReason): string {
  switch (reason) {
    case 'other-workspace':
      return 'This is only for members of the company that runs it.';
    case 'guest':
      return 'This is only for full members of the workspace. As a guest, please ask your contact in the company.';
    case 'deactivated':
    case 'bot':
    case 'unknown-user':
      return 'This is only for active members of the workspace.';
    case 'shared-channel':
      return 'This channel is shared with another company, so nothing about our accounts is shown here. Ask again in a channel of our own, or open my Home.';
    case 'unreadable-channel':
      return 'I cannot see whether this conversation is shared with another company, so nothing is shown here. Invite me first, ask again in another channel, or open my Home.';
    case 'lookup-failed':
      return 'Slack did not tell me who you are, so I cannot answer now. Please try again in a minute.';
  }
}
