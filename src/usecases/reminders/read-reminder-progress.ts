import type { AccountId } from '../../domain/account.ts';
import { isTimedPause } from '../../domain/reminder.ts';
import type { ReminderProgress } from '../../domain/reminder-progress.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { type PlannedReminderStep, planSteps, type ReminderInputs, shouldSendTo } from './plan-reminders.ts';
import { readReminderInputs } from './read-reminder-inputs.ts';

/** Returns how far the reminders about these accounts have come; accounts without one are left out. */
export async function readReminderProgress(
  ctx: Context,
  views: readonly AccountView[],
): Promise<ReadonlyMap<AccountId, ReminderProgress>> {
  const { mode } = ctx.config.reminders;
  const { reminders } = await ctx.decisions.current();
  const ids = new Set(
    views
      .filter(({ compliance, account }) => compliance === 'noncompliant' && reminders.has(account.id))
      .map(({ account }) => account.id),
  );
  if (mode === 'off' || mode === 'preview' || ids.size === 0) return new Map();
  const inputs = await readReminderInputs(ctx, ({ account }) => ids.has(account.id));
  const candidates = inputs.candidates.filter(({ view, owner }) => {
    return ids.has(view.account.id) && shouldSendTo(owner, ctx.config);
  });
  return progressByAccount(inputs, planSteps(inputs, inputs.at, candidates));
}

function progressByAccount(
  inputs: ReminderInputs,
  steps: readonly PlannedReminderStep[],
): ReadonlyMap<AccountId, ReminderProgress> {
  return new Map(
    steps.map(({ account: { id, reminder }, step }) => [
      id,
      {
        sent: reminder.timesSent,
        nextAt: step.kind === 'wait' ? step.until : inputs.at,
        escalatedSince: reminder.firstEscalatedAt,
        pause: step.kind === 'wait' && (step.until === null || isTimedPause(step)) ? step.reason : null,
      },
    ]),
  );
}
