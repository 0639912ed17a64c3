import { isFollowUpDue, type RemovalRequest } from '../../domain/removal-request.ts';
import {
  listOpenRemovalRequests,
  lockRemovalRequest,
  saveRemovalRequest,
} from '../../store/removal-requests.ts';
import type { Context } from '../shared/context.ts';
import { enqueueRemovalFollowUp } from './enqueue-removal-notifications.ts';

/** Reminds the admins of removal requests that no one takes on, and their admin of those that are not done; returns how many. */
export async function followUpRemovals(ctx: Context): Promise<number> {
  const { schedule, reminders } = ctx.config;
  const calendar = { zone: schedule.timezone, hours: reminders.workingHours };
  const isDue = (request: RemovalRequest) => isFollowUpDue(request, calendar, ctx.now());
  const due = (await listOpenRemovalRequests(ctx.db)).filter(isDue);
  if (due.length === 0) return 0;
  const admins = await ctx.people.admins();
  let followedUp = 0;
  for (const { id } of due) {
    await ctx.db.transaction(async (tx) => {
      const request = await lockRemovalRequest(tx, id);
      if (!request || !isDue(request)) return;
      const at = ctx.now();
      const next = { ...request, followedUpAt: at, followUps: request.followUps + 1 };
      await saveRemovalRequest(tx, next);
      const recipients = request.assignedTo ? [request.assignedTo] : admins;
      await enqueueRemovalFollowUp({ tx, ctx, at }, next, recipients);
      followedUp += 1;
    });
  }
  ctx.notificationsQueued();
  return followedUp;
}
