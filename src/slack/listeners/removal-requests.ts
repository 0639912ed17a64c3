import { assignRemoval } from '../../usecases/removal-requests/assign-removal.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Router } from '../router.ts';
import { ASSIGN_REMOVAL, assignRemovalOutcomeText } from '../views/removal-requests/removal-request.ts';
import { markupMessage } from '../views/shared/message.ts';

/** Admins take on requests to remove root credentials. */
export function registerRemovalRequests(router: Router, { ctx }: SlackDependencies): void {
  router.action(ASSIGN_REMOVAL, async ({ caller, value, reply, log }) => {
    const outcome = await assignRemoval(ctx, { id: value }, caller);
    log.info({ user: caller.id, request: value, outcome: outcome.kind }, 'Removal request assigned');
    await reply(markupMessage(assignRemovalOutcomeText(outcome)));
  });
}
