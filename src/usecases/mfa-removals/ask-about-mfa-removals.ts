import type { MfaRemoval } from '../../domain/mfa-removal.ts';
import { type MfaRemovalNotification, mfaRemovalKey, toShownMfaRemoval } from '../../domain/notification.ts';
import { lockMfaRemoval, openMfaRemovals, saveMfaRemoval } from '../../store/mfa-removals.ts';
import { enqueue } from '../../store/outbox.ts';
import { saveLastRemindedAt } from '../../store/reminders.ts';
import { type ReachablePerson, resolveOwners } from '../owners/resolve-owners.ts';
import { shouldSendTo } from '../reminders/plan-reminders.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { showMfaRemoval } from './show-mfa-removal.ts';

/**
 * Asks owners at once whether they removed MFA. An owner who cannot be looked up now is asked in a later run. Returns
 * how many were asked.
 */
export async function askAboutMfaRemovals(ctx: Context): Promise<number> {
  const waiting = [...(await openMfaRemovals(ctx.db)).values()].filter(({ askedAt }) => askedAt === null);
  if (waiting.length === 0) return 0;
  const ids = new Set(waiting.map(({ accountId }) => accountId));
  const views = (await readAccounts(ctx)).filter(({ account }) => ids.has(account.id));
  const owners = await resolveOwners(ctx, views);
  let asked = 0;
  for (const removal of waiting) {
    const view = views.find(({ account }) => account.id === removal.accountId);
    const owner = owners.get(removal.accountId);
    if (!view || !owner || owner.kind === 'unknown') continue;
    const person = owner.kind === 'person' && shouldSendTo(owner.person, ctx.config) ? owner.person : null;
    if (await askOwner(ctx, removal, { view, person })) asked += 1;
  }
  if (asked > 0) ctx.notificationsQueued();
  return asked;
}

function askOwner(
  ctx: Context,
  { id }: MfaRemoval,
  { view, person }: { readonly view: AccountView; readonly person: ReachablePerson | null },
): Promise<boolean> {
  return ctx.db.transaction(async (tx) => {
    const now = ctx.now();
    const current = await lockMfaRemoval(tx, id);
    if (!current || current.askedAt || current.endedAt) return false;
    const asked = { ...current, askedAt: now, asked: person ? [person.id] : [] };
    await saveMfaRemoval(tx, asked);
    await showMfaRemoval(tx, asked);
    if (!person) return false;

    const { id: accountId, name } = view.account;
    const payload: MfaRemovalNotification = {
      kind: 'mfa-removal',
      account: { id: accountId, name },
      was: asked.was,
      since: asked.seenAt.toISOString(),
      removal: toShownMfaRemoval(asked),
    };
    const key = mfaRemovalKey(id, 'question', person.id);
    await enqueue(
      tx,
      { key, kind: payload.kind, to: { kind: 'person', id: person.id }, about: [accountId], payload },
      now,
    );
    // The reminder about the same account waits for the next day.
    await saveLastRemindedAt(tx, person.id, now);
    return true;
  });
}
