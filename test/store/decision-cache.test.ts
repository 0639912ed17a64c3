import { beforeEach, expect, test } from '@jest/globals';
import { cancel } from '../../src/domain/token-request.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import { saveAttestation, voidAttestations } from '../../src/store/attestations.ts';
import { createDecisionCache } from '../../src/store/decision-cache.ts';
import { createExemption, saveExemption } from '../../src/store/exemptions.ts';
import { deleteReminders, saveReminder } from '../../src/store/reminders.ts';
import { insertTokenRequest, saveTokenRequest } from '../../src/store/token-requests.ts';
import { anAttestation } from '../support/attestations.ts';
import { anAccount } from '../support/builders.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { aGrantedExemption, aRequestedExemption } from '../support/exemptions.ts';
import { aReminder } from '../support/reminders.ts';
import {
  anApprovedTokenRequest,
  ana,
  aPendingTokenRequest,
  expectKind,
  MONDAY,
  PAYMENTS,
} from '../support/token-requests.ts';
import { day } from './examples.ts';

const instances = await testDatabases(2);
const [db, other] = instances as [(typeof instances)[number], (typeof instances)[number]];
const nothing = {
  exemptions: new Map(),
  tokenRequests: new Map(),
  ownerAssignments: new Map(),
  attestations: new Map(),
  reminders: new Map(),
  mfaRemovals: new Set<never>(),
  recoveryWindows: new Map(),
};

beforeEach(async () => {
  await emptyTables(db);
  await saveAccounts(db, [anAccount({ id: PAYMENTS })], day(1));
});

test('a second read without a change returns the same decisions', async () => {
  const decisions = createDecisionCache(db);

  expect(await decisions.current()).toEqual(nothing);
  expect(await decisions.current()).toBe(await decisions.current());
});

test('every decision is known as soon as it is committed, here or by another instance', async () => {
  const decisions = createDecisionCache(db);
  await decisions.current();

  await createExemption(other, aRequestedExemption());
  expect((await decisions.current()).exemptions).toEqual(new Map([[PAYMENTS, aRequestedExemption()]]));
  await saveExemption(other, aGrantedExemption());
  expect((await decisions.current()).exemptions).toEqual(new Map([[PAYMENTS, aGrantedExemption()]]));

  await insertTokenRequest(db, aPendingTokenRequest());
  expect((await decisions.current()).tokenRequests).toEqual(new Map([[PAYMENTS, aPendingTokenRequest()]]));
  await saveTokenRequest(other, anApprovedTokenRequest());
  expect((await decisions.current()).tokenRequests).toEqual(new Map([[PAYMENTS, anApprovedTokenRequest()]]));

  await saveAttestation(other, anAttestation());
  expect((await decisions.current()).attestations).toEqual(new Map([[PAYMENTS, anAttestation()]]));

  await saveReminder(other, aReminder());
  expect((await decisions.current()).reminders).toEqual(new Map([[PAYMENTS, aReminder()]]));
});

test('what is over is no longer among the decisions', async () => {
  const decisions = createDecisionCache(db);
  await createExemption(db, aRequestedExemption());
  await insertTokenRequest(db, aPendingTokenRequest());
  await saveAttestation(db, anAttestation());
  await saveReminder(db, aReminder());
  await decisions.current();

  await saveExemption(db, {
    ...aRequestedExemption(),
    state: 'withdrawn',
    closedBy: ana.id,
    closedAt: MONDAY,
  });
  await saveTokenRequest(
    db,
    expectKind(cancel(aPendingTokenRequest(), ana, null, MONDAY), 'cancelled').request,
  );
  await voidAttestations(db, [PAYMENTS], MONDAY);
  await deleteReminders(db, [PAYMENTS]);

  expect(await decisions.current()).toEqual(nothing);
});

test('a decision taken back with its transaction was never there', async () => {
  const decisions = createDecisionCache(db);
  const before = await decisions.current();

  await db
    .transaction(async (tx) => {
      await saveReminder(tx, aReminder());
      throw new RangeError('changed my mind');
    })
    .catch(() => undefined);

  expect(await decisions.current()).toBe(before);
});
