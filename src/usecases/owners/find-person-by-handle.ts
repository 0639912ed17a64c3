import { isSlackUserId, type SlackUserId } from '../../domain/person.ts';
import { listPeople } from '../../store/people.ts';
import type { Context } from '../shared/context.ts';

/**
 * Returns the member that a typed handle means: a full name, a first name or the part before the @ of the email
 * address, with any separators; undefined if it is none or several.
 */
export async function findPersonByHandle(
  { db }: Pick<Context, 'db'>,
  handle: string,
): Promise<SlackUserId | undefined> {
  const typed = comparable(handle);
  if (typed === '') return undefined;
  const members = (await listPeople(db)).filter(({ kind }) => kind === 'member');
  const exact = members.filter(
    ({ name, email }) => comparable(name) === typed || comparable(email?.split('@')[0] ?? '') === typed,
  );
  const matching = exact.length > 0 ? exact : members.filter(({ name }) => firstWord(name) === typed);
  const [only] = matching;
  return only && matching.length === 1 && isSlackUserId(only.slackId) ? only.slackId : undefined;
}

/** Slack's picker writes `@Ben Carter` where the profile says `ben.carter`: `ben carter`. */
function comparable(name: string): string {
  return name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join(' ');
}

function firstWord(name: string): string | undefined {
  return comparable(name).split(' ')[0];
}
