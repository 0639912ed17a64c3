import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  declineExemption,
  type Exemption,
  grantExemptionRequest,
  markEndAnnounced,
  revoke,
  withdrawExemptionRequest,
} from '../../src/domain/exemption.ts';
import { endIfExpired } from '../../src/domain/temporary-grant.ts';
import { readRevision } from '../../src/store/account-cache.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import {
  createExemption,
  findExemption,
  findOpenExemption,
  listOpenExemptions,
  lockExemption,
  openExemptionsByAccount,
  saveExemption,
} from '../../src/store/exemptions.ts';
import { anAccount } from '../support/builders.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { aGrantedExemption, aRequestedExemption } from '../support/exemptions.ts';
import { runOverlapping } from '../support/overlapping-transactions.ts';
import { ANA } from '../support/reminders.ts';
import { admin, expectKind, LEDGER, MONDAY, PAYMENTS } from '../support/token-requests.ts';
import { day } from './examples.ts';

const instances = await testDatabases(2);
const [db] = instances as [(typeof instances)[number]];

beforeEach(async () => {
  await emptyTables(db);
  await saveAccounts(db, [anAccount({ id: PAYMENTS }), anAccount({ id: LEDGER })], day(1));
});

const nextYear = new Date('2027-01-01T00:00+01:00');
const ended = endIfExpired(aGrantedExemption(), nextYear);
if (!ended) throw new Error('It should be over');

test.each<[string, Exemption]>([
  ['asked for', aRequestedExemption()],
  [
    'asked for with a compensating control',
    aRequestedExemption({ compensatingControl: 'Password in a safe' }),
  ],
  [
    'withdrawn',
    expectKind(withdrawExemptionRequest(aRequestedExemption(), ANA, MONDAY), 'withdrawn').exemption,
  ],
  [
    'declined',
    expectKind(declineExemption(aRequestedExemption(), admin, 'Customs is quick now', MONDAY), 'declined')
      .exemption,
  ],
  ['granted', aGrantedExemption()],
  ['about to end, as its asker knows', markEndAnnounced(aGrantedExemption(), day(2))],
  ['revoked', expectKind(revoke(aGrantedExemption(), admin, MONDAY), 'revoked').exemption],
  ['over', ended],
])('an exemption that is %s is stored unchanged', async (_, given) => {
  await createExemption(
    db,
    aRequestedExemption({ compensatingControl: given.compensatingControl ?? undefined }),
  );

  await saveExemption(db, given);

  expect(await findExemption(db, 'x1')).toEqual(given);
});

test('an exemption without a request cannot be saved, and no one grants their own', async () => {
  await expect(saveExemption(db, aGrantedExemption())).rejects.toThrow(
    'Cannot save the exemption x1: it does not exist',
  );

  await createExemption(db, aRequestedExemption());
  await expect(saveExemption(db, { ...aGrantedExemption(), decidedBy: ANA })).rejects.toThrow(
    /check constraint/,
  );
});

describe('a second exemption of an account', () => {
  const second = aRequestedExemption({ id: 'x2' });

  test('is refused while one is requested or granted, with a reference to it', async () => {
    await createExemption(db, aRequestedExemption());
    expect(await createExemption(db, second)).toEqual({
      kind: 'already-open',
      exemption: aRequestedExemption(),
    });

    await saveExemption(db, aGrantedExemption());
    expect(await createExemption(db, second)).toEqual({
      kind: 'already-open',
      exemption: aGrantedExemption(),
    });
    expect(await findExemption(db, 'x2')).toBeUndefined();
  });

  test('is refused when both are requested at once, and the transaction continues', async () => {
    const outcomes = await runOverlapping(
      instances,
      (tx) => createExemption(tx, aRequestedExemption()),
      async (tx) => [await createExemption(tx, second), await findOpenExemption(tx, PAYMENTS)],
    );

    expect(outcomes).toEqual([
      { kind: 'created' },
      [{ kind: 'already-open', exemption: aRequestedExemption() }, aRequestedExemption()],
    ]);
  });

  test('may be asked for once the first is closed', async () => {
    await createExemption(db, aRequestedExemption());
    await saveExemption(db, ended);

    expect(await createExemption(db, second)).toEqual({ kind: 'created' });
    expect(await findOpenExemption(db, PAYMENTS)).toEqual(second);
    expect(await findExemption(db, 'x1')).toEqual(ended);
  });
});

test('an admin who grants and a requester who withdraws at once: the earlier counts', async () => {
  await createExemption(db, aRequestedExemption());
  const decide = (step: 'grant' | 'withdraw') => async (tx: typeof db) => {
    const asked = await lockExemption(tx, 'x1');
    if (asked?.state !== 'asked') return asked?.state;
    const next =
      step === 'grant'
        ? expectKind(grantExemptionRequest(asked, admin, null, MONDAY), 'granted').exemption
        : expectKind(withdrawExemptionRequest(asked, ANA, MONDAY), 'withdrawn').exemption;
    await saveExemption(tx, next);
    return 'done';
  };

  expect(await runOverlapping(instances, decide('withdraw'), decide('grant'))).toEqual(['done', 'withdrawn']);
});

test('open exemptions are listed oldest first, and found by account', async () => {
  const later = { ...aRequestedExemption({ id: 'x0', accountId: LEDGER }), askedAt: nextYear };
  await createExemption(db, later);
  await createExemption(db, aRequestedExemption());
  await saveExemption(db, aGrantedExemption());

  expect(await listOpenExemptions(db)).toEqual([aGrantedExemption(), later]);
  const byAccount = await openExemptionsByAccount(db);
  expect([...byAccount]).toEqual([
    [PAYMENTS, aGrantedExemption()],
    [LEDGER, later],
  ]);
  expect(await openExemptionsByAccount(db, [LEDGER])).toEqual(new Map([[LEDGER, later]]));

  await saveExemption(db, ended);
  expect(await listOpenExemptions(db)).toEqual([later]);
  expect(await findOpenExemption(db, PAYMENTS)).toBeUndefined();
});

test('a cache of exemptions is invalidated by each change, and not by a refusal', async () => {
  const before = await readRevision(db);

  await createExemption(db, aRequestedExemption());
  await saveExemption(db, aGrantedExemption());
  await createExemption(db, aRequestedExemption({ id: 'x2' }));

  expect(await readRevision(db)).toBe(before + 2);
});
