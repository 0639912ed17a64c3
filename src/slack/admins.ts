import type { WebClient } from '@slack/web-api';
import type { Config } from '../config/config.ts';
import { isPersonIdentifier } from '../domain/owner.ts';
import { isSlackUserId, type SlackUserId } from '../domain/person.ts';
import type { Person } from '../store/people.ts';
import type { Log } from '../usecases/shared/context.ts';
import { membershipDenialReason, type TeamCheck } from './membership.ts';
import { retryTransient } from './retry.ts';
import { answerPart, isPlatformError } from './slack-errors.ts';
import { createTtlCache } from './ttl-cache.ts';
import type { UserDirectory } from './user-directory.ts';

/** Who decides for the company: the people and user groups of `slack.admins`. */
export interface Admins {
  isAdmin(person: Person): Promise<boolean>;
  /** Lists every admin who can use the bot. Throws when Slack cannot be asked. */
  list(): Promise<readonly SlackUserId[]>;
}

const GROUP_MAX_AGE_MS = 10 * 60_000;

/** The group does not exist, or the app will not be shown it until someone changes its permissions. */
const DEFINITE_GROUP_ERRORS: ReadonlySet<string> = new Set([
  'no_such_subteam',
  'subteam_not_found',
  'invalid_usergroup',
  'missing_scope',
  'no_permission',
  'permission_denied',
  'paid_teams_only',
  'plan_upgrade_required',
]);

/** Creates the list of admins that the configuration names. */
export function createAdmins({
  client,
  people,
  config,
  isOurTeam,
  log,
}: {
  readonly client: WebClient;
  readonly people: UserDirectory;
  readonly config: Pick<Config, 'slack'>;
  readonly isOurTeam: TeamCheck;
  readonly log: Log;
}): Admins {
  const { admins } = config.slack;
  const groupNames = admins.filter((entry) => !isPersonIdentifier(entry));

  const groups = createTtlCache(GROUP_MAX_AGE_MS, async (usergroup): Promise<ReadonlySet<string>> => {
    try {
      const { users } = await retryTransient(() => client.usergroups.users.list({ usergroup }));
      return new Set(answerPart(users, 'the people of the group'));
    } catch (error) {
      // A deleted group makes no one an admin, and must not lock out the other admins.
      if (!isPlatformError(error) || !DEFINITE_GROUP_ERRORS.has(error.data.error)) throw error;
      log.warn({ group: usergroup, error: error.data.error }, 'Cannot read a user group of slack.admins');
      return new Set();
    }
  });

  const idsOf = async (entry: string): Promise<readonly string[]> => {
    if (!isPersonIdentifier(entry)) return [...(await groups.get(entry))];
    const person = await people.byName(entry);
    return person ? [person.slackId] : [];
  };

  return {
    async isAdmin({ slackId, email }) {
      if (admins.some((entry) => entry === slackId || (email !== null && entry.toLowerCase() === email)))
        return true;
      for (const group of groupNames) {
        if ((await groups.get(group)).has(slackId)) return true;
      }
      return false;
    },
    async list() {
      const ids = (await Promise.all(admins.map(idsOf))).flat();
      const found = await Promise.all([...new Set(ids)].map((id) => people.byId(id)));
      return found.flatMap((person) =>
        person && isSlackUserId(person.slackId) && !membershipDenialReason(person, isOurTeam)
          ? [person.slackId]
          : [],
      );
    },
  };
}
