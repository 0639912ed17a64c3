import { beforeEach, expect, test } from '@jest/globals';
import { slackUserId } from '../../../src/domain/person.ts';
import { newReminder } from '../../../src/domain/reminder.ts';
import { createTokenRequest } from '../../../src/domain/token-request.ts';
import { saveAccounts } from '../../../src/store/accounts.ts';
import { lockReminder, saveReminder } from '../../../src/store/reminders.ts';
import { findTokenRequest, insertTokenRequest, lockTokenRequest } from '../../../src/store/token-requests.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { applyScanEffects } from '../../../src/usecases/scan/apply-scan-effects/index.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabases } from '../../support/database.ts';
import { runInterleaved } from '../../support/overlapping-transactions.ts';

const instances = await testDatabases(2);
const [db, otherDb] = instances as [(typeof instances)[number], (typeof instances)[number]];
const ANA = slackUserId('U03ANA');
const first = new Date('2026-11-24T09:00:00Z');
const second = new Date('2026-11-24T10:00:00Z');
const account = anAccount();
const app = aVerdict({ mfa: 'virtual', level1: 'pass' });
const key = aVerdict({ mfa: 'fido', level1: 'pass', level2: 'pass' });

/** What a look sees, and all that follows from it. */
async function saveVerdict(database: typeof db, verdict: typeof app, at: Date): Promise<void> {
  const ctx = aContext({ db: database, now: () => at });
  await database.transaction(async (tx) => {
    const observation = { account, verdict, errors: [], checkedAt: at };
    await applyScanEffects({ tx, ctx, at }, await saveObservations(tx, null, [observation]));
  });
}

beforeEach(async () => {
  await emptyTables(db);
  await saveAccounts(db, [account], first);
  await saveVerdict(db, app, first);
  await db.transaction(async (tx) => {
    await saveReminder(tx, newReminder(account.id, ANA, { since: first, regressed: false }));
    const requested = createTokenRequest(
      { id: 'r1', kind: 'security-key', quantity: 1 },
      [{ id: account.id, verdict: app, owner: ANA, openRequest: null }],
      { id: ANA, admin: false },
      { kinds: ['security-key'], offices: [] },
      first,
    );
    if (requested.kind === 'requested') await insertTokenRequest(tx, requested.request);
  });
});

test('a look that settles an account waits for a reminder about it, and the reminder never for the look', async () => {
  await runInterleaved(
    [db, otherDb],
    // A writer of a reminder locks the reminders first, then the keys that it asks about.
    async (tx, otherWaits) => {
      await lockReminder(tx, account.id);
      await otherWaits();
      await lockTokenRequest(tx, 'r1');
    },
    () => saveVerdict(otherDb, key, second),
  );

  expect(await findTokenRequest(db, 'r1')).toMatchObject({ state: 'enrolled' });
});
