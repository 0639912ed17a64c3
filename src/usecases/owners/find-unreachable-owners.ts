import type { Config } from '../../config/config.ts';
import type { Database } from '../../store/database.ts';
import { listPeople, listUnknownNames } from '../../store/people.ts';
import { toReachablePerson } from './resolve-owners.ts';

/** Returns whether an owner, as accounts name them, is known to be unreachable, so that the fallback owner replaces them. */
export type IsUnreachable = (owner: string) => boolean;

/**
 * Finds out which owners cannot be reached, by what Slack answered last: a list of accounts must not wait for hundreds
 * of answers. Nothing is known about an owner who was never looked up, so no one replaces them.
 */
export async function findUnreachableOwners(
  db: Database,
  config: Pick<Config, 'slack' | 'schedule'>,
): Promise<IsUnreachable> {
  const people = await listPeople(db);
  const reachableNames = new Set<string>();
  const unreachableNames = new Set(await listUnknownNames(db));
  for (const person of people) {
    const names = toReachablePerson(person, config) ? reachableNames : unreachableNames;
    names.add(person.slackId);
    if (person.email !== null) names.add(person.email);
  }
  // A person who came back also has an old, deactivated user with the same email address.
  return (owner) =>
    !reachableNames.has(owner) && (unreachableNames.has(owner) || unreachableNames.has(owner.toLowerCase()));
}
