import { recordAccessDenied } from '../../usecases/audit/record-access-denied.ts';
import type { AdminsOnly } from '../command.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Interaction } from '../interaction.ts';
import { message } from '../views/shared/message.ts';

/** Runs a task for an admin. Anyone else reads that it is for admins, and the attempt is recorded. */
export async function forAdminsOnly(
  { ctx }: Pick<SlackDependencies, 'ctx'>,
  { caller, reply }: Pick<Interaction, 'caller' | 'reply'>,
  { what, denial }: AdminsOnly,
  task: () => Promise<void>,
): Promise<void> {
  if (caller.admin) return task();
  await recordAccessDenied(ctx, caller.id, what);
  await reply(message(denial));
}
