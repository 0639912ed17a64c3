import type { Config } from '../../config/config.ts';
import { isSlackUserId } from '../../domain/person.ts';
import type { Database } from '../../store/database.ts';
import { listPeople, listUnknownEmails } from '../../store/people.ts';
import { toReachablePerson } from './resolve-owners.ts';

/** Whether an owner, as accounts name them, is known not to be reachable, so that the fallback stands in for them. */
export type IsUnreachable = (owner: string) => boolean;

/**
 * Who is known not to be reachable: by what Slack answered when it was asked last, for a list of accounts must not wait
 * for hundreds of answers. Of whom it was not asked yet nothing is known; an id that it never knew is nobody's.
 */
export async function findUnreachableOwners(
  db: Database,
  config: Pick<Config, 'slack' | 'schedule'>,
): Promise<IsUnreachable> {
  const people = await listPeople(db);
  const known = new Set(people.map(({ slackId }) => slackId));
  const reachableNames = new Set<string>();
  const unreachableNames = new Set(await listUnknownEmails(db));
  for (const person of people) {
    const names = toReachablePerson(person, config) ? reachableNames : unreachableNames;
    names.add(person.slackId);
    if (person.email !== null) names.add(person.email);
  }
  // Somebody who came back has an old self with the same e-mail.
  return (owner) =>
    !reachableNames.has(owner) &&
    (unreachableNames.has(owner) || (isSlackUserId(owner) && !known.has(owner)));
}
