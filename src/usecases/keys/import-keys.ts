import { randomUUID } from 'node:crypto';
import {
  type KeyImportPlan,
  type KeyImportRow,
  planKeyImport,
} from '../../domain/key-register/key-import.ts';
import { isSlackUserId } from '../../domain/person.ts';
import { listKnownAccounts } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import { readKnownPeople } from '../../store/people.ts';
import { lockKeyRegister, registeredKeysByAccount } from '../../store/registered-keys.ts';
import { writeKey } from './edit-key.ts';

export interface ImportKeysInput {
  readonly rows: readonly KeyImportRow[];
  /** Checks the rows and writes nothing. */
  readonly dryRun: boolean;
}

/** Imports keys that exist already: every row, each on record, or nothing. */
export function importKeys(
  { db, now }: { readonly db: Database; readonly now: () => Date },
  { rows, dryRun }: ImportKeysInput,
): Promise<KeyImportPlan> {
  return db.transaction(async (tx) => {
    await lockKeyRegister(tx);
    const at = now();
    const open = new Set(
      (await listKnownAccounts(tx)).flatMap(({ id, closedAt }) => (closedAt === null ? [id] : [])),
    );
    const keys = await registeredKeysByAccount(tx);
    const knownPeople = await readKnownPeople(tx);
    const plan = planKeyImport(rows, {
      isOpenAccount: (id) => open.has(id),
      keysOf: (id) => keys.get(id) ?? [],
      personOf: (text) => {
        if (isSlackUserId(text)) return text;
        const lookup = knownPeople(text);
        const id = lookup.kind === 'person' ? lookup.person.slackId : '';
        return isSlackUserId(id) ? id : undefined;
      },
      newId: randomUUID,
      now: at,
    });
    if (plan.kind === 'plan' && !dryRun) {
      for (const entry of plan.entries) await writeKey({ tx, at }, entry, 'bot');
    }
    return plan;
  });
}
