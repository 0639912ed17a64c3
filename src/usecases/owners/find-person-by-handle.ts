import { isSlackUserId, type SlackUserId } from '../../domain/person.ts';
import { listPeople } from '../../store/people.ts';
import type { Context } from '../shared/context.ts';

/**
 * Returns the member that a typed handle means: a full name, a first name or the part before the @ of the email
 * address; undefined if it is none or several.
 */
export async function findPersonByHandle(
  { db }: Pick<Context, 'db'>,
  handle: string,
): Promise<SlackUserId | undefined> {
  const typed = handle.trim().toLowerCase();
  const members = (await listPeople(db)).filter(({ kind }) => kind === 'member');
  const exact = members.filter(
    ({ name, email }) => name.toLowerCase() === typed || email?.split('@')[0] === typed,
  );
  const matching =
    exact.length > 0 ? exact : members.filter(({ name }) => name.toLowerCase().split(/\s+/)[0] === typed);
  const [only] = matching;
  return only && matching.length === 1 && isSlackUserId(only.slackId) ? only.slackId : undefined;
}
