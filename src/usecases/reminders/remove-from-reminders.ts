import type { AccountId } from '../../domain/account.ts';
import type { EscalationLetter, FixedAccount, ReminderLetter } from '../../domain/notification.ts';
import { thanking } from '../../domain/notification-content.ts';
import type { Listed } from '../../domain/counted-list.ts';
import type { Database } from '../../store/database.ts';
import { type Letter, lettersAbout, rewrite } from '../../store/outbox.ts';

type Reminding = ReminderLetter | EscalationLetter;

/** Takes an account out of the last letter that each reader got about it; with thanks, if it was `fixed`. */
export async function takeOutOfLetters(
  tx: Database,
  id: AccountId,
  { fixed, reader }: { readonly fixed?: FixedAccount; readonly reader?: string },
  at: Date,
): Promise<void> {
  const told = new Set<string>();
  for (const { key, to, payload } of (await lettersAbout(tx, id)).filter(isReminding)) {
    if (told.has(to.id) || (reader !== undefined && to.id !== reader)) continue;
    told.add(to.id);
    const after = without(payload, id, fixed);
    if (after !== payload) await rewrite(tx, key, after, at);
  }
}

function isReminding(letter: Letter): letter is Letter<Reminding> {
  return letter.kind === 'reminder' || letter.kind === 'escalation';
}

function without(letter: Reminding, id: AccountId, fixed: FixedAccount | undefined): Reminding {
  if (letter.fixed.some((one) => one.id === id)) return letter;
  const thanks = fixed ? [...letter.fixed, fixed] : letter.fixed;
  if (letter.kind === 'reminder' && names(letter.escalated, id)) {
    return { ...letter, escalated: dropped(letter.escalated, id), fixed: thanks };
  }
  if (fixed) return thanking<Reminding>(letter, [fixed]);
  if (!names(letter.accounts, id)) return letter;
  return letter.kind === 'reminder'
    ? { ...letter, accounts: dropped(letter.accounts, id) }
    : { ...letter, accounts: dropped(letter.accounts, id) };
}

function names({ items }: Listed<{ readonly id: AccountId }>, id: AccountId): boolean {
  return items.some((one) => one.id === id);
}

function dropped<T extends { readonly id: AccountId }>(
  { count, items }: Listed<T>,
  id: AccountId,
): Listed<T> {
  return { count: count - 1, items: items.filter((one) => one.id !== id) };
}
