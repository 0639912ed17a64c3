import type { Config } from '../config/config.ts';
import { type Actor, isSlackUserId, type SlackUserId } from '../domain/person.ts';
import { DatabaseError } from '../store/database.ts';
import type { Person } from '../store/people.ts';
import type { IsUnreachable } from '../usecases/owners/find-unreachable-owners.ts';
import type { Log } from '../usecases/shared/context.ts';
import type { Admins } from './admins.ts';
import type { DenialReason } from './denial.ts';
import { membershipDenialReason, type TeamCheck } from './membership.ts';
import type { UserDirectory } from './user-directory.ts';

/** A person who was authorized, and whether they decide for the company. */
export interface Caller extends Actor {
  readonly id: SlackUserId;
  /** Lower case. */
  readonly email: string | null;
  /** Untrusted text. */
  readonly name: string;
  /** An IANA zone. */
  readonly timeZone: string;
  /** If they are the fallback owner: the unreachable owners that they replace. */
  readonly standsInFor?: IsUnreachable;
}

/** Who acts, as Slack says with each interaction. */
export interface ClaimedIdentity {
  readonly userId: string;
  /** The workspace of the person, not of the conversation. */
  readonly teamId: string | undefined;
}

export type Access =
  | { readonly kind: 'granted'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

export interface Authorizer {
  /** Authorizes the person on every interaction; never trusts button values. */
  authorize(claim: ClaimedIdentity): Promise<Access>;
}

/** How long what Slack says about a person is trusted. */
export const PERSON_MAX_AGE_MS = 10 * 60_000;

/**
 * Creates the authorizer of one workspace.
 *
 * It checks the acting person's workspace, never the conversation's: people of another company can click our
 * buttons in a shared channel, and Slack then names our workspace as the conversation's. Who cannot be looked up is
 * refused.
 */
export function createAuthorizer({
  people,
  admins,
  config,
  isOurTeam,
  unreachable,
  log,
}: {
  readonly people: UserDirectory;
  readonly admins: Admins;
  readonly config: Pick<Config, 'owners'>;
  readonly isOurTeam: TeamCheck;
  /** Finds out which owners cannot be reached. */
  readonly unreachable: () => Promise<IsUnreachable>;
  readonly log: Log;
}): Authorizer {
  const fallback = config.owners.fallback?.trim();
  const isFallback = ({ slackId, email }: Person): boolean =>
    fallback !== undefined && (fallback === slackId || fallback.toLowerCase() === email);

  const lookUp = async (userId: string): Promise<Access> => {
    const person = await people.byId(userId, PERSON_MAX_AGE_MS);
    if (!person || !isSlackUserId(person.slackId)) return { kind: 'refused', reason: 'unknown-user' };
    const reason = membershipDenialReason(person, isOurTeam);
    if (reason) return { kind: 'refused', reason };
    const { slackId: id, email, name, timeZone } = person;
    const caller = {
      id,
      email,
      name,
      timeZone: timeZone ?? 'UTC',
      admin: await admins.isAdmin(person),
      ...(isFallback(person) && { standsInFor: await unreachable() }),
    };
    return { kind: 'granted', caller };
  };

  return {
    async authorize({ userId, teamId }) {
      if (!isOurTeam(teamId)) return { kind: 'refused', reason: 'other-workspace' };
      try {
        return await lookUp(userId);
      } catch (error) {
        log.warn({ user: userId, err: error }, 'User lookup failed');
        const reason = error instanceof DatabaseError ? 'database-unavailable' : 'person-lookup-failed';
        return { kind: 'refused', reason };
      }
    },
  };
}
