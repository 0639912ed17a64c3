import type { AccountId } from '../../domain/account.ts';
import { auditedKey } from '../../domain/audit.ts';
import {
  addKey,
  changeKey,
  type KeyFacts,
  type RegisteredKey,
  type SaveKeyOutcome,
} from '../../domain/key-register/registered-key.ts';
import type { Actor } from '../../domain/person.ts';
import { recordAuditEvent } from '../../store/audit-log.ts';
import {
  deleteRegisteredKey,
  findRegisteredKey,
  listRegisteredKeys,
  lockKeyRegister,
  saveRegisteredKey,
} from '../../store/registered-keys.ts';
import { resolveOwnerId } from '../owners/resolve-owner-id.ts';
import type { AccountView } from '../shared/account-view.ts';
import type { Context } from '../shared/context.ts';
import { readAccount } from '../shared/read-accounts.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

export type EditKeyRefusal =
  | { readonly kind: 'no-such-account' }
  | { readonly kind: 'no-such-key' }
  /** Neither an admin nor the owner of the account. */
  | { readonly kind: 'not-yours' };

export interface SaveKeyInput {
  readonly accountId: AccountId;
  readonly keyId: string;
  /** Whether the key is new: a form that is sent twice adds one key. */
  readonly isNew: boolean;
  readonly facts: KeyFacts;
  readonly by: Actor;
}

/** Adds a key to the register or changes what is said of it: for admins, and for the owner of the account. */
export async function saveKey(
  ctx: Context,
  { accountId, keyId, isNew, facts, by }: SaveKeyInput,
): Promise<SaveKeyOutcome | EditKeyRefusal> {
  const refusal = await refusalFor(ctx, await readAccount(ctx, accountId), by);
  if (refusal) return refusal;
  return ctx.db.transaction(async (tx): Promise<SaveKeyOutcome | EditKeyRefusal> => {
    await lockKeyRegister(tx);
    const work = { tx, ctx, at: ctx.now() };
    const keys = await listRegisteredKeys(tx, accountId);
    const existing = keys.find(({ id }) => id === keyId);
    if (!existing && !isNew) return { kind: 'no-such-key' };
    const outcome = existing
      ? changeKey(existing, facts, by.id, work.at)
      : addKey(keys, { id: keyId, accountId, source: 'person', facts }, by.id, work.at);
    if (outcome.kind === 'added' || outcome.kind === 'changed') {
      await writeKey(work, { change: outcome.kind, key: outcome.key }, by.id);
    }
    return outcome;
  });
}

export type RemoveKeyOutcome = { readonly kind: 'removed'; readonly key: RegisteredKey } | EditKeyRefusal;

/** Removes a key from the register: for admins, and for the owner of the account. */
export async function removeKey(
  ctx: Context,
  { keyId, by }: { readonly keyId: string; readonly by: Actor },
): Promise<RemoveKeyOutcome> {
  const found = await findRegisteredKey(ctx.db, keyId);
  if (!found) return { kind: 'no-such-key' };
  const refusal = await refusalFor(ctx, await readAccount(ctx, found.accountId), by);
  if (refusal) return refusal;
  return ctx.db.transaction(async (tx): Promise<RemoveKeyOutcome> => {
    await lockKeyRegister(tx);
    const key = await findRegisteredKey(tx, keyId);
    if (!key) return { kind: 'no-such-key' };
    await deleteRegisteredKey(tx, keyId);
    const { accountId } = key;
    await recordAuditEvent(tx, ctx.now(), by.id, { kind: 'key-removed', accountId, detail: auditedKey(key) });
    return { kind: 'removed', key };
  });
}

export type KeyFormSubject =
  | { readonly kind: 'can-edit'; readonly view: AccountView; readonly key: RegisteredKey | null }
  | EditKeyRefusal;

/** Returns what a form about a key begins with; without a key, it is about a new one. */
export async function readKeyForm(
  ctx: Context,
  {
    accountId,
    keyId,
    by,
  }: { readonly accountId: AccountId; readonly keyId: string | null; readonly by: Actor },
): Promise<KeyFormSubject> {
  const view = await readAccount(ctx, accountId);
  const refusal = await refusalFor(ctx, view, by);
  if (refusal || !view) return refusal ?? { kind: 'no-such-account' };
  const key = keyId === null ? null : await findRegisteredKey(ctx.db, keyId);
  return key === undefined || (key && key.accountId !== accountId)
    ? { kind: 'no-such-key' }
    : { kind: 'can-edit', view, key };
}

/** Writes a key and its line in the audit log. */
export async function writeKey(
  { tx, at }: Pick<UnitOfWork, 'tx' | 'at'>,
  { change, key }: { readonly change: 'added' | 'changed'; readonly key: RegisteredKey },
  by: string,
): Promise<void> {
  await saveRegisteredKey(tx, key);
  const { accountId, source } = key;
  const detail = { ...auditedKey(key), source };
  const kind = change === 'added' ? 'key-added' : 'key-changed';
  await recordAuditEvent(tx, at, by, { kind, accountId, detail });
}

async function refusalFor(
  ctx: Context,
  view: AccountView | undefined,
  by: Actor,
): Promise<EditKeyRefusal | undefined> {
  // Others learn nothing about the account, not even whether it exists.
  if (!view) return by.admin ? { kind: 'no-such-account' } : { kind: 'not-yours' };
  if (by.admin || (await resolveOwnerId(ctx, view)) === by.id) return undefined;
  return { kind: 'not-yours' };
}
