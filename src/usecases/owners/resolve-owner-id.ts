import type { SlackUserId } from '../../domain/person.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { resolveOwners } from './resolve-owners.ts';

/**
 * Returns the Slack ID of the account's owner, or of the fallback where that owner cannot be reached; `null` without
 * either. Throws when Slack cannot be asked: that is no answer.
 */
export async function resolveOwnerId(
  ctx: Pick<Context, 'people' | 'config' | 'log'>,
  view: AccountView,
): Promise<SlackUserId | null> {
  const resolution = (await resolveOwners(ctx, [view])).get(view.account.id);
  if (resolution?.kind === 'unknown' && view.owner) {
    throw new Error('Slack did not say who answers for an account');
  }
  return resolution?.kind === 'person' ? resolution.person.id : null;
}
