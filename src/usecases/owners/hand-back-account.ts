import type { AccountId } from '../../domain/account.ts';
import type { AuditEvent } from '../../domain/audit.ts';
import type { FindingLetter } from '../../domain/notification.ts';
import type { Actor, SlackUserId } from '../../domain/person.ts';
import { handedBack } from '../../domain/reminder.ts';
import { record } from '../../store/audit-log.ts';
import { knownAccount } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import { type Letter, lettersAbout, rewrite } from '../../store/outbox.ts';
import { lockReminder, saveReminder } from '../../store/reminders.ts';
import type { Context } from '../shared/context.ts';

/** What became of the word that an account is its owner's after all. */
export type HandBackOutcome =
  | { readonly kind: 'handed-back'; readonly name: string; readonly to: SlackUserId }
  /** It was never disowned, has another owner since, or somebody was quicker. */
  | { readonly kind: 'not-disowned' }
  | { readonly kind: 'not-an-admin' };

/** Gives an account back to the owner who said that it is not theirs: they are reminded of it again. */
export async function handBackAccount(
  ctx: Context,
  { accountId, by }: { readonly accountId: AccountId; readonly by: Actor },
): Promise<HandBackOutcome> {
  if (!by.admin) return { kind: 'not-an-admin' };

  const outcome = await ctx.db.transaction(async (tx): Promise<HandBackOutcome> => {
    const at = ctx.now();
    const reminder = await lockReminder(tx, accountId);
    if (!reminder?.disowned) return { kind: 'not-disowned' };

    const to = reminder.disowned.by;
    await saveReminder(tx, handedBack(reminder, at));
    await record(tx, at, by.id, {
      kind: 'account-handed-back',
      accountId,
      detail: { to },
    } satisfies AuditEvent);
    await closeFinding(tx, accountId, by.id, at);
    return { kind: 'handed-back', name: (await knownAccount(tx, accountId))?.name ?? accountId, to };
  });
  if (outcome.kind === 'handed-back') ctx.lettersWritten();
  return outcome;
}

/** What admins were told says who gave it back, in place of the button. */
async function closeFinding(tx: Database, accountId: AccountId, by: SlackUserId, at: Date): Promise<void> {
  for (const { key, payload } of (await lettersAbout(tx, accountId)).filter(isOpenFinding)) {
    await rewrite(tx, key, { ...payload, handedBack: { by, at: at.toISOString() } }, at);
  }
}

type Disowned = Extract<FindingLetter, { finding: 'account-disowned' }>;

function isOpenFinding(letter: Letter): letter is Letter<Disowned> {
  if (letter.kind !== 'finding') return false;
  const payload = letter.payload as FindingLetter;
  return payload.finding === 'account-disowned' && payload.handedBack === undefined;
}
