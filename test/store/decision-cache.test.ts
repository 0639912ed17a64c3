import { beforeEach, expect, test } from '@jest/globals';
import { cancel } from '../../src/domain/token-request.ts';
import { rememberAccounts } from '../../src/store/accounts.ts';
import { rememberAttestation, voidAttestations } from '../../src/store/attestations.ts';
import { keepDecisions } from '../../src/store/decision-cache.ts';
import { newExemption, saveExemption } from '../../src/store/exemptions.ts';
import { forgetReminders, saveReminder } from '../../src/store/reminders.ts';
import { newTokenRequest, saveTokenRequest } from '../../src/store/token-requests.ts';
import { anAttestation } from '../support/attestations.ts';
import { anAccount } from '../support/builders.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { aGranted, anAsked } from '../support/exemptions.ts';
import { aReminder } from '../support/reminders.ts';
import { anApproved, ana, aRequested, MONDAY, only, PAYMENTS } from '../support/token-requests.ts';
import { day } from './examples.ts';

const instances = await testDatabases(2);
const [db, other] = instances as [(typeof instances)[number], (typeof instances)[number]];
const nothing = {
  exemptions: new Map(),
  tokenRequests: new Map(),
  attestations: new Map(),
  reminders: new Map(),
};

beforeEach(async () => {
  await emptyTables(db);
  await rememberAccounts(db, [anAccount({ id: PAYMENTS })], day(1));
});

test('decisions that are asked for again while nothing has changed are the same ones', async () => {
  const decisions = keepDecisions(db);

  expect(await decisions.current()).toEqual(nothing);
  expect(await decisions.current()).toBe(await decisions.current());
});

test('every decision is known as soon as it is committed, here or by another instance', async () => {
  const decisions = keepDecisions(db);
  await decisions.current();

  await newExemption(other, anAsked());
  expect((await decisions.current()).exemptions).toEqual(new Map([[PAYMENTS, anAsked()]]));
  await saveExemption(other, aGranted());
  expect((await decisions.current()).exemptions).toEqual(new Map([[PAYMENTS, aGranted()]]));

  await newTokenRequest(db, aRequested());
  expect((await decisions.current()).tokenRequests).toEqual(new Map([[PAYMENTS, aRequested()]]));
  await saveTokenRequest(other, anApproved());
  expect((await decisions.current()).tokenRequests).toEqual(new Map([[PAYMENTS, anApproved()]]));

  await rememberAttestation(other, anAttestation());
  expect((await decisions.current()).attestations).toEqual(new Map([[PAYMENTS, anAttestation()]]));

  await saveReminder(other, aReminder());
  expect((await decisions.current()).reminders).toEqual(new Map([[PAYMENTS, aReminder()]]));
});

test('what is over is no longer among the decisions', async () => {
  const decisions = keepDecisions(db);
  await newExemption(db, anAsked());
  await newTokenRequest(db, aRequested());
  await rememberAttestation(db, anAttestation());
  await saveReminder(db, aReminder());
  await decisions.current();

  await saveExemption(db, { ...anAsked(), state: 'withdrawn', closedBy: ana.id, closedAt: MONDAY });
  await saveTokenRequest(db, only(cancel(aRequested(), ana, null, MONDAY), 'cancelled').request);
  await voidAttestations(db, [PAYMENTS], MONDAY);
  await forgetReminders(db, [PAYMENTS]);

  expect(await decisions.current()).toEqual(nothing);
});

test('a decision taken back with its transaction was never there', async () => {
  const decisions = keepDecisions(db);
  const before = await decisions.current();

  await db
    .transaction(async (tx) => {
      await saveReminder(tx, aReminder());
      throw new RangeError('changed my mind');
    })
    .catch(() => undefined);

  expect(await decisions.current()).toBe(before);
});
