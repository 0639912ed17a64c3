import type { SlackUserId } from '../../domain/person.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { resolveOwners } from './resolve-owners.ts';

/**
 * The Slack id of whoever answers for the account: its owner, or the fallback where that owner cannot be reached;
 * `null` where nobody does. Throws where Slack cannot be asked: that is no answer.
 */
export async function ownerId(
  ctx: Pick<Context, 'people' | 'config' | 'log'>,
  view: AccountView,
): Promise<SlackUserId | null> {
  const answering = (await resolveOwners(ctx, [view])).get(view.account.id);
  if (answering?.kind === 'not-known' && view.owner) {
    throw new Error('Slack did not say who answers for an account');
  }
  return answering?.kind === 'person' ? answering.person.id : null;
}
