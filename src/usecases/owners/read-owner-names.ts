import { isSlackUserId } from '../../domain/person.ts';
import { readKnownPeople } from '../../store/people.ts';
import type { Context } from '../shared/context.ts';

/** Names to show in place of Slack user ids. */
export type OwnerNames = ReadonlyMap<string, string>;

/** Shown until Slack has said who it is. */
const UNKNOWN_PERSON = 'Unknown person';

/** Returns the names of owners that accounts name by Slack user ID; email addresses stay unchanged. */
export async function readOwnerNames(
  { db }: Pick<Context, 'db'>,
  identifiers: readonly string[],
): Promise<OwnerNames> {
  const ids = new Set(identifiers.filter(isSlackUserId));
  if (ids.size === 0) return new Map();
  const knownPeople = await readKnownPeople(db);
  return new Map(
    [...ids].map((id) => {
      const lookup = knownPeople(id);
      return [id, lookup.kind === 'person' ? lookup.person.name : UNKNOWN_PERSON];
    }),
  );
}
