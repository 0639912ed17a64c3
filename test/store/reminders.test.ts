import { beforeEach, expect, test } from '@jest/globals';
import { disown, escalated, newReminder, reminded, snooze } from '../../src/domain/reminder.ts';
import { rememberAccounts } from '../../src/store/accounts.ts';
import { revision } from '../../src/store/account-cache.ts';
import {
  allReminders,
  beginReminders,
  forgetReminders,
  lastNudges,
  lockReminder,
  rememberNudge,
  reminderOf,
  saveReminder,
} from '../../src/store/reminders.ts';
import { anAccount } from '../support/builders.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { overlapping } from '../support/overlapping-transactions.ts';
import { ANA, aReminder, BEN, reminderPolicy } from '../support/reminders.ts';
import { LEDGER, MONDAY, only, PAYMENTS } from '../support/token-requests.ts';
import { day } from './examples.ts';

const instances = await testDatabases(2);
const [db] = instances as [(typeof instances)[number]];

beforeEach(async () => {
  await emptyTables(db);
  await rememberAccounts(
    db,
    [anAccount({ id: PAYMENTS }), anAccount({ id: LEDGER, name: 'ledger' })],
    day(1),
  );
});

const snoozed = only(snooze(aReminder(), ANA, reminderPolicy, 'Europe/Berlin', MONDAY), 'snoozed').reminder;
const disowned = only(disown(aReminder(), ANA, 'It is Ben’s <@U04BEN>', MONDAY), 'disowned').reminder;

test.each([
  ['new', aReminder()],
  ['nobody’s', aReminder({ owner: null })],
  ['of a regression', newReminder(PAYMENTS, ANA, { since: MONDAY, regressed: true })],
  ['in new hands', aReminder({ owner: BEN, owedSince: MONDAY, unmetSince: day(1) })],
  ['sent', reminded(aReminder(), 'nudge/U03ANA/2026-11-02', MONDAY)],
  ['snoozed', snoozed],
  ['escalated', escalated(aReminder(), MONDAY)],
  ['of an account that was handed back', disowned],
])('a reminder that is %s is remembered as it is', async (_, reminder) => {
  await saveReminder(db, aReminder({ timesSent: 7, snoozes: 2, letterKey: 'before' }));

  await saveReminder(db, reminder);

  expect(await reminderOf(db, PAYMENTS)).toEqual(reminder);
});

test('reminders are listed by account, and forgotten one by one', async () => {
  await saveReminder(db, aReminder({ accountId: LEDGER }));
  await saveReminder(db, aReminder());
  expect((await allReminders(db)).map(({ accountId }) => accountId)).toEqual([PAYMENTS, LEDGER]);

  await forgetReminders(db, [PAYMENTS]);

  expect(await reminderOf(db, PAYMENTS)).toBeUndefined();
  expect(await allReminders(db)).toEqual([aReminder({ accountId: LEDGER })]);
});

test('who keeps reminders in memory hears of each change, and of nothing else', async () => {
  const before = await revision(db);
  await saveReminder(db, aReminder());
  await forgetReminders(db, [PAYMENTS]);
  expect(await revision(db)).toBe(before + 2);

  await forgetReminders(db, [PAYMENTS]);
  await rememberNudge(db, ANA, MONDAY);
  expect(await revision(db)).toBe(before + 2);
});

test('two who decide about one reminder decide one after the other', async () => {
  await saveReminder(db, aReminder());
  const remindOnce = async (tx: typeof db) => {
    const reminder = await lockReminder(tx, PAYMENTS);
    if (reminder?.timesSent !== 0) return 'told already';
    await saveReminder(tx, reminded(reminder, 'nudge', MONDAY));
    return 'told';
  };

  expect(await overlapping(instances, remindOnce, remindOnce)).toEqual(['told', 'told already']);
});

test('two who begin a reminder at once begin one, and the later goes on from what the earlier did', async () => {
  const beginAndRemind = async (tx: typeof db) => {
    const [reminder = aReminder()] = await beginReminders(tx, [aReminder()]);
    await saveReminder(tx, reminded(reminder, 'nudge', MONDAY));
    return reminder.timesSent;
  };

  expect(await overlapping(instances, beginAndRemind, beginAndRemind)).toEqual([0, 1]);
  expect(await reminderOf(db, PAYMENTS)).toMatchObject({ timesSent: 2 });
});

test('each person has a last nudge, which never goes back in time', async () => {
  await rememberNudge(db, ANA, day(2));
  await rememberNudge(db, ANA, day(3));
  await rememberNudge(db, ANA, day(1));
  await rememberNudge(db, BEN, day(1));

  expect(await lastNudges(db)).toEqual(
    new Map([
      [ANA, day(3)],
      [BEN, day(1)],
    ]),
  );
});
