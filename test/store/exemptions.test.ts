import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  decline,
  type Exemption,
  endAnnounced,
  endIfOver,
  grant,
  revoke,
  withdraw,
} from '../../src/domain/exemption.ts';
import { rememberAccounts } from '../../src/store/accounts.ts';
import { revision } from '../../src/store/account-cache.ts';
import {
  exemption,
  exemptionsOf,
  lockExemption,
  newExemption,
  openExemptionFor,
  openExemptions,
  openExemptionsByAccount,
  saveExemption,
} from '../../src/store/exemptions.ts';
import { anAccount } from '../support/builders.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { aGranted, anAsked } from '../support/exemptions.ts';
import { overlapping } from '../support/overlapping-transactions.ts';
import { ANA } from '../support/reminders.ts';
import { admin, LEDGER, MONDAY, only, PAYMENTS } from '../support/token-requests.ts';
import { day } from './examples.ts';

const instances = await testDatabases(2);
const [db] = instances as [(typeof instances)[number]];

beforeEach(async () => {
  await emptyTables(db);
  await rememberAccounts(db, [anAccount({ id: PAYMENTS }), anAccount({ id: LEDGER })], day(1));
});

const nextYear = new Date('2027-01-01T00:00+01:00');
const ended = endIfOver(aGranted(), nextYear);
if (!ended) throw new Error('It should be over');

test.each<[string, Exemption]>([
  ['asked for', anAsked()],
  ['asked for with a compensating control', anAsked({ compensatingControl: 'Password in a safe' })],
  ['withdrawn', only(withdraw(anAsked(), ANA, MONDAY), 'withdrawn').exemption],
  ['declined', only(decline(anAsked(), admin, 'Customs is quick now', MONDAY), 'declined').exemption],
  ['granted', aGranted()],
  ['about to end, as its asker knows', endAnnounced(aGranted(), day(2))],
  ['revoked', only(revoke(aGranted(), admin, MONDAY), 'revoked').exemption],
  ['over', ended],
])('an exemption that is %s is remembered as it is', async (_, given) => {
  await newExemption(db, anAsked({ compensatingControl: given.compensatingControl ?? undefined }));

  await saveExemption(db, given);

  expect(await exemption(db, 'x1')).toEqual(given);
  expect(await exemptionsOf(db, PAYMENTS)).toEqual([given]);
});

test('an exemption that nobody asked for cannot be saved, and nobody grants their own', async () => {
  await expect(saveExemption(db, aGranted())).rejects.toThrow(
    'Cannot save the exemption x1: nobody asked for it',
  );

  await newExemption(db, anAsked());
  await expect(saveExemption(db, { ...aGranted(), decidedBy: ANA })).rejects.toThrow(/check constraint/);
});

describe('a second exemption of an account', () => {
  const second = anAsked({ id: 'x2' });

  test('is refused while one is asked for or granted, and told which', async () => {
    await newExemption(db, anAsked());
    expect(await newExemption(db, second)).toEqual({ kind: 'already-open', exemption: anAsked() });

    await saveExemption(db, aGranted());
    expect(await newExemption(db, second)).toEqual({ kind: 'already-open', exemption: aGranted() });
    expect(await exemption(db, 'x2')).toBeUndefined();
  });

  test('is refused when both are asked for at once, and the transaction goes on', async () => {
    const outcomes = await overlapping(
      instances,
      (tx) => newExemption(tx, anAsked()),
      async (tx) => [await newExemption(tx, second), await openExemptionFor(tx, PAYMENTS)],
    );

    expect(outcomes).toEqual([
      { kind: 'remembered' },
      [{ kind: 'already-open', exemption: anAsked() }, anAsked()],
    ]);
  });

  test('may be asked for once the first is closed', async () => {
    await newExemption(db, anAsked());
    await saveExemption(db, ended);

    expect(await newExemption(db, second)).toEqual({ kind: 'remembered' });
    expect((await exemptionsOf(db, PAYMENTS)).map(({ id }) => id)).toEqual(['x2', 'x1']);
  });
});

test('an admin who grants and an asker who withdraws at once: the earlier counts', async () => {
  await newExemption(db, anAsked());
  const decide = (step: 'grant' | 'withdraw') => async (tx: typeof db) => {
    const asked = await lockExemption(tx, 'x1');
    if (asked?.state !== 'asked') return asked?.state;
    const next =
      step === 'grant'
        ? only(grant(asked, admin, null, MONDAY), 'granted').exemption
        : only(withdraw(asked, ANA, MONDAY), 'withdrawn').exemption;
    await saveExemption(tx, next);
    return 'done';
  };

  expect(await overlapping(instances, decide('withdraw'), decide('grant'))).toEqual(['done', 'withdrawn']);
});

test('open exemptions are listed oldest first, and found by account', async () => {
  const later = { ...anAsked({ id: 'x0', accountId: LEDGER }), askedAt: nextYear };
  await newExemption(db, later);
  await newExemption(db, anAsked());
  await saveExemption(db, aGranted());

  expect(await openExemptions(db)).toEqual([aGranted(), later]);
  const byAccount = await openExemptionsByAccount(db);
  expect([...byAccount]).toEqual([
    [PAYMENTS, aGranted()],
    [LEDGER, later],
  ]);
  expect(await openExemptionsByAccount(db, [LEDGER])).toEqual(new Map([[LEDGER, later]]));

  await saveExemption(db, ended);
  expect(await openExemptions(db)).toEqual([later]);
  expect(await openExemptionFor(db, PAYMENTS)).toBeUndefined();
});

test('who keeps exemptions in memory hears of each change, and not of a refusal', async () => {
  const before = await revision(db);

  await newExemption(db, anAsked());
  await saveExemption(db, aGranted());
  await newExemption(db, anAsked({ id: 'x2' }));

  expect(await revision(db)).toBe(before + 2);
});
