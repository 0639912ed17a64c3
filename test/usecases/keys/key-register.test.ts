import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import type { KeyFacts } from '../../../src/domain/key-register/registered-key.ts';
import type { RootDeviceCounts } from '../../../src/domain/root-devices.ts';
import type { Verdict } from '../../../src/domain/verdict.ts';
import { readRevision } from '../../../src/store/account-cache.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { type Notification, notificationByKey } from '../../../src/store/outbox.ts';
import { savePeople } from '../../../src/store/people.ts';
import { listRegisteredKeys, saveRegisteredKey } from '../../../src/store/registered-keys.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { attestKey } from '../../../src/usecases/attestations/attest-key.ts';
import { askToConfirmKeys } from '../../../src/usecases/keys/ask-to-confirm-keys.ts';
import { confirmKeys } from '../../../src/usecases/keys/confirm-keys.ts';
import { readKeyForm, removeKey, saveKey } from '../../../src/usecases/keys/edit-key.ts';
import { readKeyPage, readKeySummary } from '../../../src/usecases/keys/read-key-register.ts';
import { receiveRootEvents } from '../../../src/usecases/root-events/receive-root-events.ts';
import { applyScanEffects } from '../../../src/usecases/scan/apply-scan-effects/index.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { readAccounts } from '../../../src/usecases/shared/read-accounts.ts';
import { submitTokenRequest } from '../../../src/usecases/tokens/submit-token-request.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { APP_VERDICT, aPerson, SECURITY_KEY_VERDICT } from '../../support/owners.ts';
import { aRegisteredKey } from '../../support/registered-keys.ts';
import { ANA, BEN, SAM } from '../../support/reminders.ts';
import { aConsoleLogin, anEventMessage } from '../../support/root-events.ts';
import { LEDGER, PAYMENTS } from '../../support/token-requests.ts';

const db = await testDatabase();
const config = parseConfig(`
policy: { level: 2, proof: strict }
owners: { accounts: { "${PAYMENTS}": ana@example.com, "${LEDGER}": ben@example.com } }
reminders: { mode: "on" }
`);
const payments = anAccount({ id: PAYMENTS });
const ledger = anAccount({ id: LEDGER, name: 'payments-ledger' });
const ana = { id: ANA, admin: false };
const ben = { id: BEN, admin: false };
const sam = { id: SAM, admin: true };
const oneKey: RootDeviceCounts = { virtual: 0, fido: 1, tokens: 0, unrecognized: 0 };
const facts: KeyFacts = {
  role: 'spare',
  kind: 'security-key',
  holder: BEN,
  place: 'safe 2',
  serial: '123',
  batteryEndsOn: null,
};
const HOUR_MS = 60 * 60_000;
let time: Date;
let ctx: Context;

beforeEach(async () => {
  await emptyTables(db);
  time = new Date('2026-11-24T09:00:00Z');
  ctx = aContext({ db, config, now: () => time });
  await savePeople(db, [aPerson('ana'), aPerson('ben'), aPerson('sam')]);
  await see(payments, APP_VERDICT);
  await see(ledger, SECURITY_KEY_VERDICT, oneKey);
});

/** One look at AWS, with all that follows from it. */
async function see(
  account: typeof payments,
  verdict: Verdict,
  rootDevices?: RootDeviceCounts,
): Promise<void> {
  const observation = { account, verdict, rootDevices, errors: [], checkedAt: time };
  await db.transaction(async (tx) => {
    await applyScanEffects({ tx, ctx, at: time }, await saveObservations(tx, null, [observation]));
  });
}

const latestAudit = async () => (await listAuditEntries(db, { limit: 1 }))[0];
const accountOf = async (id: string) =>
  (await readAccounts(ctx)).find(({ account }) => account.id === id)?.account;
const addSpare = (overrides: Partial<Parameters<typeof saveKey>[1]> = {}) =>
  saveKey(ctx, { accountId: PAYMENTS, keyId: 'k1', isNew: true, facts, by: ana, ...overrides });

describe('what a scan lists', () => {
  test('is kept while later scans cannot list it, and gone with the MFA it was about', async () => {
    expect((await accountOf(LEDGER))?.rootDevices).toEqual(oneKey);

    await see(ledger, SECURITY_KEY_VERDICT);
    expect((await accountOf(LEDGER))?.rootDevices).toEqual(oneKey);

    await see(ledger, APP_VERDICT);
    expect((await accountOf(LEDGER))?.rootDevices).toBeUndefined();
  });

  test('registers the key of a request for its requester, and says so in the log', async () => {
    const form = { id: 'r1', kind: 'security-key', quantity: 1 } as const;
    await submitTokenRequest(ctx, { form, accountIds: [PAYMENTS], by: ana });
    time = new Date(time.getTime() + HOUR_MS);

    await see(payments, SECURITY_KEY_VERDICT, oneKey);

    expect(await listRegisteredKeys(db, PAYMENTS)).toMatchObject([
      {
        role: 'main',
        kind: 'security-key',
        holder: ANA,
        requestId: 'r1',
        source: 'request',
        confirmedAt: time,
      },
    ]);
    const entries = await listAuditEntries(db, { limit: 5 });
    expect(entries.find(({ kind }) => kind === 'key-added')).toMatchObject({
      actor: 'bot',
      accountId: PAYMENTS,
    });
  });
});

test('what an owner says of the key is in the register', async () => {
  await see(payments, aVerdict({ mfa: 'fido', level1: 'pass', level2: 'pass', hardwareAssumed: true }));

  await attestKey(ctx, { accountId: PAYMENTS, kind: 'passkey' }, ana);

  expect(await listRegisteredKeys(db, PAYMENTS)).toMatchObject([{ kind: 'passkey', holder: ANA }]);
});

describe('a sign-in as root', () => {
  const signIn = (device: string) =>
    receiveRootEvents(ctx, [
      JSON.stringify(
        anEventMessage(
          aConsoleLogin({
            eventID: `e5e52c1f-8a1c-4a7e-9f4b-0000000000${device.length}`,
            additionalEventData: { MFAIdentifier: device, MFAUsed: 'Yes' },
          }),
        ),
      ),
    ]);
  const confirmedAt = async () => (await listRegisteredKeys(db, PAYMENTS))[0]?.confirmedAt;

  test('with a key confirms the keys of the account, one with an app does not', async () => {
    await addSpare();
    time = new Date('2026-11-24T09:15:00Z');

    await signIn(`arn:aws:iam::${PAYMENTS}:mfa/phone`);
    expect(await confirmedAt()).toBeNull();

    await signIn(`arn:aws:iam::${PAYMENTS}:u2f/root/blue-key-ABC`);
    expect(await confirmedAt()).toEqual(new Date('2026-11-24T09:14:00Z'));
    expect(await latestAudit()).toMatchObject({
      actor: 'bot',
      kind: 'keys-confirmed',
      detail: { by: 'sign-in', keys: 1 },
    });
  });
});

describe('the register is changed', () => {
  test('by the owner and by admins, each time on record', async () => {
    expect(await addSpare()).toMatchObject({ kind: 'added' });
    expect(await latestAudit()).toMatchObject({ actor: ANA, kind: 'key-added', detail: { place: 'safe 2' } });

    expect(await addSpare({ by: sam, isNew: false, facts: { ...facts, place: 'safe 3' } })).toMatchObject({
      kind: 'changed',
    });
    expect(await latestAudit()).toMatchObject({
      actor: SAM,
      kind: 'key-changed',
      detail: { place: 'safe 3' },
    });

    expect(await removeKey(ctx, { keyId: 'k1', by: ana })).toMatchObject({ kind: 'removed' });
    expect(await latestAudit()).toMatchObject({ actor: ANA, kind: 'key-removed' });
    expect(await listRegisteredKeys(db, PAYMENTS)).toEqual([]);
  });

  test('and the Home tabs hear of it', async () => {
    const before = await readRevision(db);

    await addSpare();

    expect(await readRevision(db)).toBeGreaterThan(before);
  });

  test('by no one else, not even by the holder', async () => {
    await addSpare();

    expect(await addSpare({ by: ben, keyId: 'k2' })).toEqual({ kind: 'not-yours' });
    expect(await removeKey(ctx, { keyId: 'k1', by: ben })).toEqual({ kind: 'not-yours' });
    expect(await readKeyForm(ctx, { accountId: PAYMENTS, keyId: 'k1', by: ben })).toEqual({
      kind: 'not-yours',
    });
    expect(await listRegisteredKeys(db, PAYMENTS)).toHaveLength(1);
  });

  test('once by a form that is sent twice, and never through the account of another key', async () => {
    await addSpare();
    expect(await addSpare()).toMatchObject({ kind: 'unchanged' });

    const stolen = await saveKey(ctx, { accountId: LEDGER, keyId: 'k1', isNew: false, facts, by: ben });
    expect(stolen).toEqual({ kind: 'no-such-key' });
  });
});

describe('the register is read', () => {
  test('findings first, and who read it is on record', async () => {
    await saveRegisteredKey(db, aRegisteredKey({ holder: BEN }));
    await savePeople(db, [aPerson('ben', { kind: 'deactivated' })]);

    const page = await readKeyPage(ctx, { accounts: await ctx.accounts.accounts(), page: 0, by: sam });

    expect(
      page.items.map(({ account, findings }) => [account.name, findings.map(({ kind }) => kind)]),
    ).toEqual([
      ['payments-prod', ['holder-left', 'no-spare-named']],
      ['payments-ledger', ['one-device-only', 'no-spare-named']],
    ]);
    expect(await latestAudit()).toMatchObject({ actor: SAM, kind: 'keys-listed', detail: { accounts: 2 } });
  });

  test('as a count without a name is on no record', async () => {
    expect(await readKeySummary(ctx, await ctx.accounts.accounts())).toEqual({
      accounts: 1,
      accountsWithFindings: 1,
      findings: new Map([
        ['one-device-only', 1],
        ['no-spare-named', 1],
      ]),
    });
    expect(await latestAudit()).toBeUndefined();
  });
});

describe('a year after the last confirmation', () => {
  const question = (day: string): Promise<Notification | undefined> =>
    notificationByKey(db, `key-confirmation/${BEN}/${day}`);

  beforeEach(async () => {
    await saveRegisteredKey(db, aRegisteredKey({ id: 'k1', holder: BEN }));
    await saveRegisteredKey(db, aRegisteredKey({ id: 'k2', holder: BEN, accountId: LEDGER }));
    time = new Date('2027-11-24T10:20:00Z');
    await savePeople(db, [aPerson('ben', { readAt: time })]);
  });

  test('the holder is asked once about all keys, and again after 30 days without an answer', async () => {
    expect(await askToConfirmKeys(ctx)).toBe(1);
    expect((await question('2027-11-24'))?.payload).toMatchObject({
      keys: [
        { name: 'payments-prod', role: 'main' },
        { name: 'payments-ledger', role: 'main' },
      ],
    });
    expect(await askToConfirmKeys(ctx)).toBe(0);

    time = new Date('2027-12-24T10:20:00Z');
    expect(await askToConfirmKeys(ctx)).toBe(1);
  });

  test('one click confirms every key that the holder still has', async () => {
    await askToConfirmKeys(ctx);
    await saveRegisteredKey(db, aRegisteredKey({ id: 'k2', holder: ANA, accountId: LEDGER }));

    expect(await confirmKeys(ctx, { day: '2027-11-24', by: ben })).toEqual({ kind: 'confirmed', keys: 1 });
    expect(await latestAudit()).toMatchObject({ actor: BEN, kind: 'keys-confirmed', accountId: PAYMENTS });
    expect((await question('2027-11-24'))?.payload).toMatchObject({ confirmedAt: time.toISOString() });
    time = new Date('2027-12-24T10:20:00Z');
    expect(await askToConfirmKeys(ctx)).toBe(1);
    expect(await question('2027-12-24')).toBeUndefined();
  });

  test('no one confirms for another', async () => {
    await askToConfirmKeys(ctx);

    expect(await confirmKeys(ctx, { day: '2027-11-24', by: ana })).toEqual({ kind: 'nothing-to-confirm' });
  });

  test.each([
    ['left', { kind: 'deactivated' }],
    ['is away', { awayUntil: new Date('2027-12-01T00:00:00Z') }],
  ] as const)('a holder who %s is not asked', async (_, person) => {
    await savePeople(db, [aPerson('ben', { readAt: time, ...person })]);

    expect(await askToConfirmKeys(ctx)).toBe(0);
  });

  test('an account without root credentials needs no confirmation', async () => {
    const none = aVerdict({ mfa: 'no_credentials', level1: 'not_applicable', level2: 'not_applicable' });
    await see(payments, none);
    await see(ledger, none);

    expect(await askToConfirmKeys(ctx)).toBe(0);
  });
});
