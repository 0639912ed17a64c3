import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { savePeople } from '../../../src/store/people.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { attestKey } from '../../../src/usecases/attestations/attest-key.ts';
import { applyScanEffects } from '../../../src/usecases/scan/apply-scan-effects/index.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { readAccount } from '../../../src/usecases/shared/read-accounts.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';

const db = await testDatabase();
const account = anAccount();
const config = parseConfig(`
policy: { level: 2, proof: strict }
owners: { accounts: { "${account.id}": ana@example.com } }
`);
const ana = { id: slackUserId('U03ANA'), admin: false };
const sam = { id: slackUserId('U01SAM'), admin: true };
const passkeyOrKey = aVerdict({ mfa: 'fido', level1: 'pass', level2: 'pass', hardwareAssumed: true });
const hardware = { accountId: account.id, kind: 'hardware', makeModel: 'YubiKey 5C NFC' } as const;
let time: Date;
let ctx: Context;

beforeEach(async () => {
  await emptyTables(db);
  time = new Date('2026-11-24T09:00:00Z');
  ctx = aContext({ db, config, now: () => time });
  await savePeople(db, [
    {
      slackId: ana.id,
      teamId: 'T0HOME',
      email: 'ana@example.com',
      name: 'Ana',
      timeZone: null,
      kind: 'member',
      awayUntil: null,
      readAt: time,
    },
  ]);
  await saveVerdict(passkeyOrKey);
});

/** One look at AWS, with all that follows from it. */
async function saveVerdict(verdict: ReturnType<typeof aVerdict>): Promise<void> {
  await db.transaction(async (tx) => {
    const observation = { account, verdict, errors: [], checkedAt: time };
    await applyScanEffects({ tx, ctx, at: time }, await saveObservations(tx, null, [observation]));
  });
}
const compliance = async () => (await readAccount(ctx, account.id))?.compliance;

describe('what the owner says of the key', () => {
  test('proves hardware for a year', async () => {
    expect(await compliance()).toBe('unknown');

    expect(await attestKey(ctx, hardware, ana)).toMatchObject({
      kind: 'attested',
      attestation: { makeModel: 'YubiKey 5C NFC', expiresAt: new Date('2027-11-24T09:00:00Z') },
    });

    expect(await compliance()).toBe('compliant');
    expect(await listAuditEntries(db, { limit: 5 })).toMatchObject([
      { actor: ana.id, kind: 'key-added', accountId: account.id, detail: { source: 'attestation' } },
      { actor: ana.id, kind: 'attested', accountId: account.id, detail: { device: 'hardware' } },
    ]);
    time = new Date('2027-11-24T09:00:00Z');
    expect(await compliance()).toBe('unknown');
  });

  test('proves nothing when it is a passkey', async () => {
    await attestKey(ctx, { accountId: account.id, kind: 'passkey' }, ana);

    expect(await compliance()).toBe('unknown');
  });

  test('is void once root was seen without it, and does not come back with the next key', async () => {
    await attestKey(ctx, hardware, ana);
    time = new Date('2026-11-25T09:00:00Z');
    await saveVerdict(aVerdict());
    time = new Date('2026-11-26T09:00:00Z');
    await saveVerdict(passkeyOrKey);

    expect(await compliance()).toBe('unknown');
  });

  test('still holds when a look sees the same key less sharply', async () => {
    await attestKey(ctx, hardware, ana);
    time = new Date('2026-11-25T09:00:00Z');
    await saveVerdict({ ...passkeyOrKey, mfa: 'non_virtual', confidence: 'inferred' });

    expect(await compliance()).toBe('compliant');
  });
});

test.each([
  ['by an admin who is not the owner', hardware, sam, 'not-yours'],
  ['of hardware without make and model', { ...hardware, makeModel: ' ' }, ana, 'no-make-and-model'],
  [
    'of an unknown account',
    { ...hardware, accountId: anAccount({ id: '999999999999' }).id },
    ana,
    'no-such-account',
  ],
])('a word %s is refused, and nothing is recorded', async (_, answer, by, kind) => {
  expect(await attestKey(ctx, answer, by)).toMatchObject({ kind });
  expect(await compliance()).toBe('unknown');
  expect(await listAuditEntries(db, { limit: 5 })).toEqual([]);
});

test('where AWS shows what the device is, no one has to confirm it', async () => {
  time = new Date('2026-11-25T09:00:00Z');
  await saveVerdict(aVerdict({ mfa: 'hardware', level1: 'pass', level2: 'pass' }));

  expect(await attestKey(ctx, hardware, ana)).toEqual({ kind: 'nothing-to-say' });
});
