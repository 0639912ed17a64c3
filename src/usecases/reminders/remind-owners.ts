import type { PlannedFollowUp } from '../../domain/due-reminder.ts';
import { readKnownPeople } from '../../store/people.ts';
import type { Context } from '../shared/context.ts';
import { planReminders, type ReminderInputs, shouldSendTo } from './plan-reminders.ts';
import { readReminderInputs } from './read-reminder-inputs.ts';
import { type ReminderRun, writeReminders } from './write-reminders.ts';

const NOTHING_SENT: ReminderRun = { people: 0, accounts: 0, escalated: 0 };
/** Recipients are looked up again before a reminder is sent: they may have left or gone away since. */
const MAX_PERSON_AGE_MS = 60 * 60_000;

/**
 * Sends what is due now: one message per person, in their own working hours.
 *
 * `followUps`: token requests that wait for their requester, asked about in the same message. While reminders are off
 * or only previewed, nothing is sent and nothing is saved.
 */
export async function remindOwners(
  ctx: Context,
  followUps: readonly PlannedFollowUp[],
): Promise<ReminderRun> {
  const { mode } = ctx.config.reminders;
  if (mode === 'off' || mode === 'preview') return NOTHING_SENT;

  const inputs = await readFreshInputs(ctx, followUps);
  const plan = planReminders(inputs, await readDeliverableFollowUps(ctx, followUps), inputs.at);
  const run = await writeReminders(ctx, inputs, plan);
  if (run.people + run.escalated > 0) ctx.notificationsQueued();
  return run;
}

/** The inputs, with every recipient of a due reminder looked up within the last hour. */
async function readFreshInputs(ctx: Context, followUps: readonly PlannedFollowUp[]): Promise<ReminderInputs> {
  const inputs = await readReminderInputs(ctx);
  const { dueReminders } = planReminders(inputs, followUps, inputs.at);
  const knownPeople = await readKnownPeople(ctx.db);
  const stale = dueReminders.filter(({ to }) => {
    const lookup = knownPeople(to);
    return (
      lookup.kind !== 'person' || inputs.at.getTime() - lookup.person.readAt.getTime() >= MAX_PERSON_AGE_MS
    );
  });
  for (const { to } of stale) {
    try {
      await ctx.people.byName(to, MAX_PERSON_AGE_MS);
    } catch (error) {
      ctx.log.warn({ user: to, err: error }, 'Slack user lookup failed');
    }
  }
  return stale.length > 0 ? readReminderInputs(ctx) : inputs;
}

/** The follow-ups of people to whom messages are sent. */
async function readDeliverableFollowUps(
  { people, config, log }: Context,
  followUps: readonly PlannedFollowUp[],
): Promise<PlannedFollowUp[]> {
  const deliverable: PlannedFollowUp[] = [];
  for (const followUp of followUps) {
    try {
      const person = await people.byName(followUp.to);
      if (person && shouldSendTo({ id: followUp.to, email: person.email }, config))
        deliverable.push(followUp);
    } catch (error) {
      log.warn({ user: followUp.to, err: error }, 'Slack user lookup failed');
    }
  }
  return deliverable;
}
