import { beforeEach, expect, test } from '@jest/globals';
import { disown, markEscalated, markReminded, newReminder, snooze } from '../../src/domain/reminder.ts';
import { readRevision } from '../../src/store/account-cache.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import {
  createReminders,
  deleteReminders,
  lastRemindedAtByPerson,
  listReminders,
  lockReminder,
  saveLastRemindedAt,
  saveReminder,
} from '../../src/store/reminders.ts';
import { anAccount } from '../support/builders.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { runOverlapping } from '../support/overlapping-transactions.ts';
import { ANA, aReminder, BEN, reminderPolicy, storedReminder } from '../support/reminders.ts';
import { expectKind, LEDGER, MONDAY, PAYMENTS } from '../support/token-requests.ts';
import { day } from './examples.ts';

const instances = await testDatabases(2);
const [db] = instances as [(typeof instances)[number]];

beforeEach(async () => {
  await emptyTables(db);
  await saveAccounts(db, [anAccount({ id: PAYMENTS }), anAccount({ id: LEDGER, name: 'ledger' })], day(1));
});

const snoozed = expectKind(
  snooze(aReminder(), ANA, reminderPolicy, 'Europe/Berlin', MONDAY),
  'snoozed',
).reminder;
const disowned = expectKind(disown(aReminder(), ANA, 'It is Ben’s <@U04BEN>', MONDAY), 'disowned').reminder;

test.each([
  ['new', aReminder()],
  ['nobody’s', aReminder({ owner: null })],
  ['of a regression', newReminder(PAYMENTS, ANA, { since: MONDAY, regressed: true })],
  ['in new hands', aReminder({ owner: BEN, graceStartsAt: MONDAY, noncompliantSince: day(1) })],
  ['sent', markReminded(aReminder(), 'nudge/U03ANA/2026-11-02', MONDAY)],
  ['snoozed', snoozed],
  ['escalated', markEscalated(aReminder(), MONDAY)],
  ['of an account that was handed back', disowned],
])('a reminder that is %s is stored unchanged', async (_, reminder) => {
  await saveReminder(db, aReminder({ timesSent: 7, snoozes: 2, notificationKey: 'before' }));

  await saveReminder(db, reminder);

  expect(await storedReminder(db, PAYMENTS)).toEqual(reminder);
});

test('reminders are listed by account, and forgotten one by one', async () => {
  await saveReminder(db, aReminder({ accountId: LEDGER }));
  await saveReminder(db, aReminder());
  expect((await listReminders(db)).map(({ accountId }) => accountId)).toEqual([PAYMENTS, LEDGER]);

  await deleteReminders(db, [PAYMENTS]);

  expect(await storedReminder(db, PAYMENTS)).toBeUndefined();
  expect(await listReminders(db)).toEqual([aReminder({ accountId: LEDGER })]);
});

test('a cache of reminders is invalidated by each change, and by nothing else', async () => {
  const before = await readRevision(db);
  await saveReminder(db, aReminder());
  await deleteReminders(db, [PAYMENTS]);
  expect(await readRevision(db)).toBe(before + 2);

  await deleteReminders(db, [PAYMENTS]);
  await saveLastRemindedAt(db, ANA, MONDAY);
  expect(await readRevision(db)).toBe(before + 2);
});

test('two who decide about one reminder decide one after the other', async () => {
  await saveReminder(db, aReminder());
  const remindOnce = async (tx: typeof db) => {
    const reminder = await lockReminder(tx, PAYMENTS);
    if (reminder?.timesSent !== 0) return 'told already';
    await saveReminder(tx, markReminded(reminder, 'nudge', MONDAY));
    return 'told';
  };

  expect(await runOverlapping(instances, remindOnce, remindOnce)).toEqual(['told', 'told already']);
});

test('two writers of a new reminder create one, and the later continues from the earlier', async () => {
  const beginAndRemind = async (tx: typeof db) => {
    const [reminder = aReminder()] = await createReminders(tx, [aReminder()]);
    await saveReminder(tx, markReminded(reminder, 'nudge', MONDAY));
    return reminder.timesSent;
  };

  expect(await runOverlapping(instances, beginAndRemind, beginAndRemind)).toEqual([0, 1]);
  expect(await storedReminder(db, PAYMENTS)).toMatchObject({ timesSent: 2 });
});

test('each person has a last reminder time, which never goes back', async () => {
  await saveLastRemindedAt(db, ANA, day(2));
  await saveLastRemindedAt(db, ANA, day(3));
  await saveLastRemindedAt(db, ANA, day(1));
  await saveLastRemindedAt(db, BEN, day(1));

  expect(await lastRemindedAtByPerson(db)).toEqual(
    new Map([
      [ANA, day(3)],
      [BEN, day(1)],
    ]),
  );
});
