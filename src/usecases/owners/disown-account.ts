import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import { disownedKey, type FindingLetter } from '../../domain/notification.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { disown } from '../../domain/reminder.ts';
import { record } from '../../store/audit-log.ts';
import { knownAccount } from '../../store/account-cache.ts';
import { post, type Recipient } from '../../store/outbox.ts';
import { lockReminder, saveReminder } from '../../store/reminders.ts';
import type { Context } from '../shared/context.ts';
import { suggestingOwners } from './find-owner-gaps.ts';
import { readAccounts } from '../shared/read-accounts.ts';
import { resolveOwners } from './resolve-owners.ts';
import { takeOutOfLetters } from '../reminders/remove-from-reminders.ts';

/** What became of the word that an account is not theirs. */
export type DisownAccountOutcome =
  | { readonly kind: 'disowned'; readonly name: string; readonly tells: 'admins' | 'channel' | 'nobody' }
  | { readonly kind: 'already-disowned'; readonly name: string }
  | { readonly kind: 'no-reason' }
  /** They are not reminded of it, or not any more. */
  | { readonly kind: 'not-yours' };

/** Hands an account back: its reminders stop, and whoever decides for the company hears why. */
export async function disownAccount(
  ctx: Context,
  {
    accountId,
    by,
    reason,
  }: { readonly accountId: AccountId; readonly by: SlackUserId; readonly reason: string },
): Promise<DisownAccountOutcome> {
  const readers = await readersOf(ctx);
  const suggestion = await suggestionFor(ctx, accountId, by);

  const outcome = await ctx.db.transaction(async (tx): Promise<DisownAccountOutcome> => {
    const at = ctx.now();
    const reminder = await lockReminder(tx, accountId);
    if (!reminder) return { kind: 'not-yours' };
    const name = (await knownAccount(tx, accountId))?.name ?? accountId;
    const decided = disown(reminder, by, reason, at);
    if (decided.kind === 'already-disowned') return { kind: 'already-disowned', name };
    if (decided.kind !== 'disowned') return decided;

    await saveReminder(tx, decided.reminder);
    const said = decided.reminder.disowned?.reason ?? '';
    const detail = { reason: said };
    await record(tx, at, by, { kind: 'account-disowned', accountId, detail } satisfies AuditEvent);
    const payload: FindingLetter = {
      kind: 'finding',
      finding: 'account-disowned',
      account: { id: accountId, name },
      by,
      reason: said,
      suggestion,
    };
    for (const to of readers) {
      const key = `${disownedKey(accountId, at)}/${to.id}`;
      await post(tx, { key, kind: payload.kind, to, about: [accountId], payload }, at);
    }
    await takeOutOfLetters(tx, accountId, { reader: by }, at);
    return { kind: 'disowned', name, tells: whoHears(readers) };
  });
  if (outcome.kind === 'disowned') ctx.lettersWritten();
  return outcome;
}

/** Every admin; where nobody is named as one, the channel. */
async function readersOf({ people, channels, log }: Context): Promise<readonly Recipient[]> {
  const admins = await people.admins();
  if (admins.length > 0) return admins.map((id) => ({ kind: 'person', id }));
  if (channels.digest !== null) return [{ kind: 'channel', id: channels.digest }];
  log.warn({}, 'Nobody can hear that an account was handed back: set slack.admins');
  return [];
}

function whoHears([first]: readonly Recipient[]): 'admins' | 'channel' | 'nobody' {
  if (!first) return 'nobody';
  return first.kind === 'person' ? 'admins' : 'channel';
}

/** Whoever answers for most accounts around it, but for the one who hands it back. */
async function suggestionFor(ctx: Context, accountId: AccountId, not: SlackUserId) {
  const views = await readAccounts(ctx);
  const view = views.find(({ account }) => account.id === accountId);
  const found = view && suggestingOwners(views, await resolveOwners(ctx, views))(view, not);
  return found ? { who: found.person.id, accounts: found.accounts } : null;
}
