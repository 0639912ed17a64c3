import { isSlackUserId, type SlackUserId, slackUserId } from '../../domain/person.ts';
import type { Database } from '../../store/database.ts';
import { findPersonByEmail } from '../../store/people.ts';
import type { AccountView } from '../shared/account-view.ts';

/** Returns the Slack ID of the owner, if Slack was ever asked for them: a transaction does not wait for Slack. */
export async function findKnownOwner(tx: Database, { owner }: AccountView): Promise<SlackUserId | undefined> {
  if (!owner) return undefined;
  const { identifier } = owner;
  if (isSlackUserId(identifier)) return identifier;
  const lookup = await findPersonByEmail(tx, identifier);
  return lookup.kind === 'person' && lookup.person.kind === 'member'
    ? slackUserId(lookup.person.slackId)
    : undefined;
}
