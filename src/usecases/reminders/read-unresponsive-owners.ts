import type { SlackUserId } from '../../domain/person.ts';
import { daysWithoutAnswer, type Reminder } from '../../domain/reminder.ts';
import { lastActions } from '../../store/audit-log.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';

/** An owner who has not answered any reminder for eight weeks or more. */
export interface UnresponsiveOwner {
  readonly owner: SlackUserId;
  /** By name. */
  readonly accounts: readonly string[];
  /** How often they were reminded of the account that they heard of most. */
  readonly sent: number;
  readonly days: number;
}

/** Returns the owners of these accounts who answer nothing, the longest first. */
export async function readUnresponsiveOwners(
  { db, decisions, config, now }: Context,
  views: readonly AccountView[],
): Promise<readonly UnresponsiveOwner[]> {
  const { reminders } = await decisions.current();
  const at = now();
  const { timezone } = config.schedule;
  const daysOf = (reminder: Reminder, lastActionAt: Date | null) =>
    reminder.owner === null || reminder.disowned
      ? null
      : daysWithoutAnswer(reminder, lastActionAt, timezone, at);
  const open = views.flatMap((view) => {
    const reminder = reminders.get(view.account.id);
    return reminder && view.compliance === 'noncompliant' && daysOf(reminder, null) !== null
      ? [{ name: view.account.name, reminder }]
      : [];
  });
  const owners = [...new Set(open.flatMap(({ reminder }) => reminder.owner ?? []))];
  const actions = await lastActions(db, owners);
  return owners
    .flatMap((owner) => {
      const theirs = open.filter(({ reminder }) => reminder.owner === owner);
      const days = theirs.flatMap(({ reminder }) => daysOf(reminder, actions.get(owner) ?? null) ?? []);
      if (days.length === 0) return [];
      const sent = Math.max(...theirs.map(({ reminder }) => reminder.timesSent));
      return [{ owner, accounts: theirs.map(({ name }) => name), sent, days: Math.max(...days) }];
    })
    .sort((a, b) => b.days - a.days);
}
