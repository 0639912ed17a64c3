import { isSlackUserId, type SlackUserId } from '../domain/person.ts';
import type { AccountView } from './account-view.ts';
import type { Context } from './context.ts';

/** The Slack id of whoever answers for the account; `null` where nobody does whom Slack knows. */
export async function ownerId(
  { people }: Pick<Context, 'people'>,
  { owner }: Pick<AccountView, 'owner'>,
): Promise<SlackUserId | null> {
  const person = owner && (await people.byName(owner.who));
  return person && isSlackUserId(person.slackId) ? person.slackId : null;
}
