import { localDate } from '../../domain/calendar.ts';
import {
  type KeyConfirmationNotification,
  keyConfirmationKey,
} from '../../domain/key-register/key-notification.ts';
import { isConfirmationDue } from '../../domain/key-register/registered-key.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { hasNoRootSignIn } from '../../domain/token-request.ts';
import { findKnownAccounts } from '../../store/account-cache.ts';
import { enqueue } from '../../store/outbox.ts';
import {
  listKeyHolders,
  listKeysOfHolder,
  lockKeyRegister,
  saveRegisteredKey,
} from '../../store/registered-keys.ts';
import { toReachablePerson } from '../owners/resolve-owners.ts';
import { shouldSendTo } from '../reminders/plan-reminders.ts';
import type { Context } from '../shared/context.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

/** Failures in a row after which Slack is not asked again in this run. */
const MAX_FAILURES = 3;

/**
 * Asks every holder whose keys no one has confirmed for a year, in one message each. A holder who cannot be looked up,
 * or is away, is asked in a later run. Returns how many were asked.
 */
export async function askToConfirmKeys(ctx: Context): Promise<number> {
  let asked = 0;
  let failures = 0;
  // Every holder is looked up, even without a question: who has left is a finding.
  for (const holder of await listKeyHolders(ctx.db)) {
    if (ctx.stopSignal?.aborted || failures >= MAX_FAILURES) break;
    try {
      if (await canAsk(ctx, holder)) {
        const isAsked = await ctx.db.transaction((tx) => askHolder({ tx, ctx, at: ctx.now() }, holder));
        if (isAsked) asked += 1;
      }
      failures = 0;
    } catch (error) {
      failures += 1;
      ctx.log.warn({ err: error, user: holder }, 'Key holder not asked');
    }
  }
  if (asked > 0) ctx.notificationsQueued();
  return asked;
}

async function canAsk({ people, config, now }: Context, holder: SlackUserId): Promise<boolean> {
  const found = await people.byName(holder);
  const person = found && toReachablePerson(found, config);
  if (!person || !shouldSendTo(person, config)) return false;
  const { awayUntil } = person;
  return !(config.reminders.respectAway && awayUntil !== null && now() < awayUntil);
}

async function askHolder({ tx, ctx, at }: UnitOfWork, holder: SlackUserId): Promise<boolean> {
  await lockKeyRegister(tx);
  const due = (await listKeysOfHolder(tx, holder)).filter((key) => isConfirmationDue(key, at));
  const accounts = await findKnownAccounts(
    tx,
    due.map(({ accountId }) => accountId),
  );
  const keys = due.flatMap((key) => {
    const account = accounts.get(key.accountId);
    const isInUse =
      account && account.closedAt === null && !hasNoRootSignIn(account.verdict?.mfa ?? 'unknown');
    return isInUse ? [{ key, name: account.name }] : [];
  });
  if (keys.length === 0) return false;

  const day = localDate(at, ctx.config.schedule.timezone);
  const payload: KeyConfirmationNotification = {
    kind: 'key-confirmation',
    day,
    keys: keys.map(({ key: { id: keyId, accountId, role, kind: keyKind, serial }, name }) => ({
      keyId,
      accountId,
      name,
      role,
      keyKind,
      serial,
    })),
  };
  for (const { key } of keys) await saveRegisteredKey(tx, { ...key, askedAt: at });
  const about = [...new Set(keys.map(({ key }) => key.accountId))];
  const to = { kind: 'person', id: holder } as const;
  return enqueue(tx, { key: keyConfirmationKey(holder, day), kind: payload.kind, to, about, payload }, at);
}
