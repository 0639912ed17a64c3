import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import type { Account } from '../../../src/domain/account.ts';
import type {
  DigestNotification,
  EscalationNotification,
  ReminderNotification,
} from '../../../src/domain/notification.ts';
import { sendDigest } from '../../../src/usecases/digest/send-digest.ts';
import { remindOwners } from '../../../src/usecases/reminders/remind-owners.ts';
import { snoozeReminders } from '../../../src/usecases/reminders/snooze-reminders.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { readAccount, readAccountsToGo } from '../../../src/usecases/shared/read-accounts.ts';
import { ownTargets, readTargets } from '../../../src/usecases/targets/read-targets.ts';
import { aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import {
  APP_VERDICT,
  aPerson,
  notificationsIn,
  SECURITY_KEY_VERDICT,
  saveAccountsOf,
  savePeopleOf,
  saveScanResult,
} from '../../support/owners.ts';
import { ANA } from '../../support/reminders.ts';

const db = await testDatabase();
const DAY_MS = 24 * 60 * 60_000;
const WEEK_MS = 7 * DAY_MS;
const MONDAY = new Date('2026-11-02T09:00Z');
const TARGET =
  '{ name: Production on hardware, match: { orgUnits: ["/Production/**"] }, level: 2, by: 2026-12-31 }';

let time: Date;
let ctx: Context;
let accounts: Account[];

function useConfig(targets: string, policy = 'policy: { level: 2 }'): void {
  const config = parseConfig(
    `${policy}\ntargets: [${targets}]\nreminders: { mode: "on" }\nslack: { channel: C01SECURITY }`,
  );
  ctx = aContext({ db, config, now: () => time });
}

const digestTargets = async () =>
  (await notificationsIn(db)).flatMap(({ payload }) =>
    payload.kind === 'digest' ? [(payload as DigestNotification).digest.targets] : [],
  );
const remindersToAna = async () => {
  const notifications = (await notificationsIn(db)).filter(({ to }) => to === ANA);
  return notifications.map(({ localTime, payload }) => ({ localTime, ...(payload as ReminderNotification) }));
};

/** Runs the reminders every third hour, which includes nine o’clock in São Paulo. */
async function remindUntil(end: string): Promise<void> {
  for (; time < new Date(end); time = new Date(time.getTime() + 3 * 60 * 60_000)) await remindOwners(ctx, []);
}

beforeEach(async () => {
  await emptyTables(db);
  time = MONDAY;
  useConfig(TARGET);
  await savePeopleOf(db, aPerson('ana'));
  accounts = await saveAccountsOf(db, 6, { owner: 'ana', id: 100 }, time);
  await saveScanResult(ctx, accounts, APP_VERDICT);
});

describe('the digest', () => {
  test('says how many are to go, what is needed a week, and what was achieved', async () => {
    await sendDigest(ctx, { dueAt: time });
    for (const one of accounts.slice(0, 3)) {
      time = new Date(time.getTime() + WEEK_MS);
      await saveScanResult(ctx, [one], SECURITY_KEY_VERDICT);
      await sendDigest(ctx, { dueAt: time });
    }

    const figures = (await digestTargets()).map((targets) =>
      targets?.map(({ toGo, total, neededPerWeek, achievedPerWeek }) => ({
        toGo,
        total,
        neededPerWeek,
        achievedPerWeek,
      })),
    );
    expect(figures).toEqual([
      [{ toGo: 6, total: 6, neededPerWeek: 1, achievedPerWeek: null }],
      [{ toGo: 5, total: 6, neededPerWeek: 1, achievedPerWeek: 1 }],
      [{ toGo: 4, total: 6, neededPerWeek: 1, achievedPerWeek: 1 }],
      [{ toGo: 3, total: 6, neededPerWeek: 1, achievedPerWeek: 1 }],
    ]);
  });

  test('keeps the figures that it reported, whatever happens later in the week', async () => {
    await sendDigest(ctx, { dueAt: time });
    await saveScanResult(ctx, accounts.slice(0, 2), SECURITY_KEY_VERDICT);
    await sendDigest(ctx, { dueAt: time });
    time = new Date(time.getTime() + 2 * DAY_MS);

    const { progress, history } = await readTargets(ctx);

    expect(progress).toMatchObject([{ toGo: 4, done: 2, achievedPerWeek: null }]);
    expect(history).toMatchObject([{ weeks: [{ week: '2026-W45', total: 6, done: 0 }] }]);
  });

  test('says once that a target is reached', async () => {
    await saveScanResult(ctx, accounts, SECURITY_KEY_VERDICT);
    await sendDigest(ctx, { dueAt: time });
    time = new Date(time.getTime() + WEEK_MS);
    await sendDigest(ctx, { dueAt: time });

    expect(await digestTargets()).toMatchObject([[{ state: 'reached', total: 6 }], undefined]);
  });

  test('does not compare with figures of another definition', async () => {
    await sendDigest(ctx, { dueAt: time });
    useConfig(TARGET.replace('level: 2', 'level: 1'));
    time = new Date(time.getTime() + WEEK_MS);
    await sendDigest(ctx, { dueAt: time });

    expect((await digestTargets()).at(-1)).toMatchObject([{ state: 'reached', achievedPerWeek: null }]);
  });

  test('of a part of the company leaves out targets that are not about it', async () => {
    const parts = [{ channel: 'C02DATA', orgUnits: ['/Data/**'] }];
    ctx = { ...ctx, channels: { ...ctx.channels, parts } };
    await saveAccountsOf(db, 1, { owner: 'ana', id: 222, orgUnit: '/Data/Lake' }, time);

    await sendDigest(ctx, { dueAt: time });

    expect(await digestTargets()).toMatchObject([[{ total: 6 }], undefined]);
  });
});

describe('reminders', () => {
  test('name the day, and come more often as it nears', async () => {
    useConfig(TARGET.replace('2026-12-31', '2026-12-04'));

    await remindUntil('2026-11-14T00:00Z');

    const reminders = await remindersToAna();
    expect(reminders[0]?.accounts.items[0]?.due).toEqual({
      name: 'Production on hardware',
      by: '2026-12-04',
      daysLeft: 30,
    });
    expect(reminders.slice(0, 3).map(({ localTime }) => localTime)).toEqual([
      '2026-11-04 Wed 09:00',
      '2026-11-09 Mon 09:00',
      '2026-11-13 Fri 09:00',
    ]);
  });

  test('end in an escalation that names the day, too', async () => {
    useConfig(TARGET.replace('2026-12-31', '2026-11-06'));

    await remindUntil('2026-11-28T00:00Z');

    const [{ payload } = {}] = (await notificationsIn(db)).filter(({ kind }) => kind === 'escalation');
    const escalation = payload as EscalationNotification | undefined;
    expect(escalation?.accounts.items[0]?.due).toEqual({
      name: 'Production on hardware',
      by: '2026-11-06',
      daysLeft: -3,
    });
  });

  test('without a target name no day', async () => {
    useConfig('');

    await remindUntil('2026-11-05T00:00Z');

    expect((await remindersToAna())[0]?.accounts.items[0]).not.toHaveProperty('due');
  });

  test('can be snoozed up to the last day, not beyond it', async () => {
    useConfig(TARGET.replace('2026-12-31', '2026-11-06'));
    await remindUntil('2026-11-04T15:00Z');

    const outcome = await snoozeReminders(ctx, { by: ANA, zone: 'America/Sao_Paulo' });

    expect(outcome).toMatchObject({ kind: 'snoozed', until: new Date('2026-11-06T12:00Z') });
    expect((await remindersToAna())[0]?.snoozeDays).toBe(2);
  });

  test('do not start for an account that policy is content with', async () => {
    useConfig(TARGET, 'policy: { level: 1 }');

    await remindUntil('2026-11-05T00:00Z');

    expect(await remindersToAna()).toEqual([]);
    expect((await readTargets(ctx)).progress).toMatchObject([{ toGo: 6, notRequired: 6 }]);
  });
});

describe('people see', () => {
  test('the accounts that are to go, and in each the target it must reach next', async () => {
    await saveScanResult(ctx, accounts.slice(2), SECURITY_KEY_VERDICT);
    const [first, , third] = accounts as [Account, Account, Account];

    const toGo = await readAccountsToGo(ctx, 'Production on hardware');

    expect(toGo.map(({ account }) => account.name)).toEqual(['ana-01', 'ana-02']);
    expect(await readAccountsToGo(ctx, 'Another')).toEqual([]);
    expect((await readAccount(ctx, first.id))?.nextTarget?.name).toBe('Production on hardware');
    expect(await readAccount(ctx, third.id)).not.toHaveProperty('nextTarget');
  });

  test('their own share', async () => {
    const [first] = accounts as [Account];
    const mine = await readAccount(ctx, first.id);

    expect(ownTargets(ctx, mine ? [mine] : [])).toMatchObject([{ total: 1, toGo: 1 }]);
    expect(ownTargets(ctx, [])).toEqual([]);
  });

  test('an account that a target of root credentials is about', async () => {
    useConfig('{ name: No root, rootCredentials: forbidden, by: 2026-12-31 }');
    await saveScanResult(ctx, accounts.slice(0, 2), aVerdict({ rootCredentials: 'absent' }));
    await saveScanResult(ctx, accounts.slice(2), aVerdict({ rootCredentials: 'present' }));

    expect((await readTargets(ctx)).progress).toMatchObject([
      { goal: 'no-root-credentials', done: 2, toGo: 4 },
    ]);
  });
});
