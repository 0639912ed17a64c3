import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Config, parseConfig } from '../../../src/config/config.ts';
import type { Account } from '../../../src/domain/account.ts';
import type {
  AlertNotification,
  EscalationNotification,
  NotificationContent,
  ReminderNotification,
} from '../../../src/domain/notification.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { saveDirectoryEntries } from '../../../src/store/accounts.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { createExemption, saveExemption } from '../../../src/store/exemptions.ts';
import { enqueue } from '../../../src/store/outbox.ts';
import { insertRecovery, saveRecovery } from '../../../src/store/recovery-windows.ts';
import { listReminders } from '../../../src/store/reminders.ts';
import { insertTokenRequest, saveTokenRequest } from '../../../src/store/token-requests.ts';
import { disownAccount } from '../../../src/usecases/owners/disown-account.ts';
import { findOwnerGaps } from '../../../src/usecases/owners/find-owner-gaps.ts';
import { handBackAccount } from '../../../src/usecases/owners/hand-back-account.ts';
import { planReminders, type ReminderInputs } from '../../../src/usecases/reminders/plan-reminders.ts';
import { readReminderInputs } from '../../../src/usecases/reminders/read-reminder-inputs.ts';
import { readReminderPreview } from '../../../src/usecases/reminders/read-reminder-preview.ts';
import { readReminderProgress } from '../../../src/usecases/reminders/read-reminder-progress.ts';
import { readUnresponsiveOwners } from '../../../src/usecases/reminders/read-unresponsive-owners.ts';
import { remindOwners } from '../../../src/usecases/reminders/remind-owners.ts';
import { snoozeReminders } from '../../../src/usecases/reminders/snooze-reminders.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { readAccounts } from '../../../src/usecases/shared/read-accounts.ts';
import { plannedFollowUps } from '../../../src/usecases/tokens/follow-up-token-requests.ts';
import { aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { aGrantedExemption, aRequestedExemption } from '../../support/exemptions.ts';
import {
  APP_VERDICT,
  aPerson,
  idOf,
  notificationsIn,
  SECURITY_KEY_VERDICT,
  saveAccountsOf,
  savePeopleOf,
  saveScanResult,
} from '../../support/owners.ts';
import { ANA, BEN, SAM, storedReminder } from '../../support/reminders.ts';
import {
  anApprovedTokenRequest,
  aPendingTokenRequest,
  aShippedTokenRequest,
  aTokenRequestAccount,
} from '../../support/token-requests.ts';

jest.setTimeout(120_000);
const db = await testDatabase();
const EMI = slackUserId('U06EMI');
const HOUR_MS = 60 * 60_000;
/** A Monday. */
const START = new Date('2026-11-02T08:00Z');
const NO_MFA = aVerdict();
const NO_CREDENTIALS = aVerdict({
  mfa: 'no_credentials',
  level1: 'not_applicable',
  level2: 'not_applicable',
});
const UNKNOWN_VERDICT = aVerdict({
  mfa: 'unknown',
  level1: 'unknown',
  level2: 'unknown',
  confidence: 'none',
});
const SAO_PAULO = 'America/Sao_Paulo';
const hardware = 'policy: { level: 2 }';
let time: Date;
let anas: Account[];
let bens: Account[];

beforeEach(async () => {
  await emptyTables(db);
  time = START;
  await savePeopleOf(db, aPerson('ana'), aPerson('ben'), aPerson('sam'));
});

/** The use cases of a company that reminds, unless the YAML says otherwise. */
function companyContext(yaml = '', overrides: Partial<Context> = {}): Context & { config: Config } {
  const policy = yaml.startsWith('policy:') ? '' : hardware;
  const config = parseConfig(
    `${policy}\nschedule: { timezone: Europe/London }\n${yaml || 'reminders: { mode: "on" }'}`,
  );
  return { ...aContext({ db, config, admins: [SAM], now: () => time, ...overrides }), config };
}

/** Ana answers for fourteen accounts, Ben for one. */
async function saveAnaAndBen(ctx: Context): Promise<void> {
  anas = await saveAccountsOf(db, 14, { owner: 'ana', id: 100 }, time);
  bens = await saveAccountsOf(db, 1, { owner: 'ben', id: 200, orgUnit: '/Sandbox' }, time);
  await saveScanResult(ctx, anas.slice(0, 11), APP_VERDICT);
  await saveScanResult(ctx, anas.slice(11), SECURITY_KEY_VERDICT);
  await saveScanResult(ctx, bens, NO_MFA);
}

/**
 * Lets time pass by the hour. The planner, which is pure, says when something is due; owners are reminded for real then
 * and at midnight, when other days may have begun.
 */
async function runUntil(ctx: Context, end: string): Promise<void> {
  let inputs: ReminderInputs | undefined;
  for (; time < new Date(end); time = new Date(time.getTime() + HOUR_MS)) {
    if (inputs && time.getUTCHours() !== 0 && !isAnythingDue(inputs)) continue;
    await remindOwners(ctx, []);
    inputs = await readReminderInputs(ctx);
  }
  time = new Date(end);
}

function isAnythingDue(inputs: ReminderInputs): boolean {
  const { dueReminders, channelEscalations } = planReminders(inputs, [], time);
  return dueReminders.length + channelEscalations.length > 0;
}

const notificationsTo = async (to: string) =>
  (await notificationsIn(db)).filter((notification) => notification.to === to);
const sentTimesTo = async (to: string) => (await notificationsTo(to)).map(({ localTime }) => localTime);
const lastPayloadTo = async <T extends NotificationContent = ReminderNotification>(to: string) =>
  (await notificationsTo(to)).at(-1)?.payload as T;
const accountNames = ({ items }: { items: readonly { name: string }[] }) => items.map(({ name }) => name);

describe('the first weeks', () => {
  test('each owner gets one reminder a week on the same morning, and the third is followed by an escalation', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);

    await runUntil(ctx, '2026-11-30T00:00Z');

    const mornings = ['2026-11-04 Wed 09:00', '2026-11-11 Wed 09:00', '2026-11-18 Wed 09:00'];
    expect(await sentTimesTo(ANA)).toEqual(mornings);
    expect(await sentTimesTo(BEN)).toEqual(mornings);
    expect((await notificationsTo(BEN)).map(({ payload }) => (payload as ReminderNotification).last)).toEqual(
      [false, false, true],
    );
    expect(await notificationsTo('C01SECURITY')).toMatchObject([
      { kind: 'escalation', localTime: '2026-11-25 Wed 09:00', payload: { accounts: { count: 12 } } },
    ]);
  });

  test('a reminder lists all their non-compliant accounts, each with why and a first step', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await saveScanResult(ctx, anas.slice(4, 5), NO_MFA);

    await runUntil(ctx, '2026-11-05T00:00Z');

    const reminder = await lastPayloadTo(ANA);
    expect(reminder).toMatchObject({
      counts: { owned: 14, noncompliant: 11 },
      snoozesLeft: 2,
      accounts: { count: 11 },
    });
    expect(reminder.accounts.items[0]).toMatchObject({
      name: 'ana-05',
      mfa: 'none',
      why: NO_MFA.why,
      nextStep: expect.stringContaining('security key'),
    });
    expect(await lastPayloadTo(BEN)).toMatchObject({
      counts: { owned: 1, noncompliant: 1 },
      accounts: { count: 1 },
    });
  });

  test('of three hundred accounts a reminder names the worst, and says how many there are', async () => {
    const ctx = companyContext();
    await saveScanResult(ctx, await saveAccountsOf(db, 300, { owner: 'ana', id: 1000 }, time), APP_VERDICT);

    await runUntil(ctx, '2026-11-05T00:00Z');

    const { accounts } = await lastPayloadTo(ANA);
    expect(accounts.count).toBe(300);
    expect(accounts.items.length).toBeLessThan(100);
    expect((await listReminders(db)).every(({ timesSent }) => timesSent === 1)).toBe(true);
  });

  test('eight weeks bring three reminders for each account and one a month later, one a day at most, in working hours', async () => {
    const ctx = companyContext();
    await savePeopleOf(db, aPerson('emi', { awayUntil: new Date('2026-11-20T00:00+09:00') }));
    await saveAnaAndBen(ctx);
    await saveScanResult(ctx, await saveAccountsOf(db, 2, { owner: 'emi', id: 300 }, time), APP_VERDICT);

    // Things happen on different days, as they do.
    await runUntil(ctx, '2026-11-09T15:00Z');
    await saveScanResult(ctx, anas.slice(11, 13), APP_VERDICT);
    await runUntil(ctx, '2026-11-17T15:00Z');
    await saveScanResult(ctx, anas.slice(13), APP_VERDICT);
    await runUntil(ctx, '2026-12-28T00:00Z');

    const notifications = await notificationsIn(db);
    const budget = (to: string) =>
      notifications.filter((notification) => notification.to === to && notification.kind === 'reminder')
        .length;
    // Later accounts have three reminders of their own, in the same messages where they coincide.
    expect([budget(ANA), budget(BEN), budget(EMI)]).toEqual([7, 4, 3]);
    const days = notifications.map(({ to, localTime }) => `${to} ${localTime.slice(0, 10)}`);
    expect(new Set(days).size).toBe(days.length);
    for (const { localTime } of notifications)
      expect(localTime).toMatch(/(Mon|Tue|Wed|Thu|Fri) (09|1[0-6]):/);
  });
});

describe('people who get no reminder', () => {
  test('people who are away, for two weeks at most', async () => {
    const ctx = companyContext();
    await savePeopleOf(
      db,
      aPerson('emi', { awayUntil: new Date('2026-11-10T00:00+09:00') }),
      aPerson('ben', { awayUntil: new Date('2027-11-10T00:00Z') }),
    );
    await saveScanResult(ctx, await saveAccountsOf(db, 1, { owner: 'emi', id: 300 }, time), APP_VERDICT);
    await saveScanResult(ctx, await saveAccountsOf(db, 1, { owner: 'ben', id: 400 }, time), APP_VERDICT);

    await runUntil(ctx, '2026-11-20T00:00Z');

    expect((await sentTimesTo(EMI))[0]).toBe('2026-11-10 Tue 09:00');
    expect(await sentTimesTo(BEN)).toEqual(['2026-11-18 Wed 09:00']);
  });

  test('people who left, are guests or are missing: reported to admins, with someone to ask', async () => {
    const ctx = companyContext();
    await savePeopleOf(db, aPerson('frank', { kind: 'deactivated' }), aPerson('gus', { kind: 'guest' }));
    await saveScanResult(
      ctx,
      await saveAccountsOf(db, 2, { owner: 'ana', id: 100, orgUnit: '/Infra' }, time),
      SECURITY_KEY_VERDICT,
    );
    await saveScanResult(
      ctx,
      await saveAccountsOf(db, 1, { owner: 'ben', id: 200, orgUnit: '/Infra' }, time),
      SECURITY_KEY_VERDICT,
    );
    await saveScanResult(
      ctx,
      await saveAccountsOf(db, 1, { owner: 'frank', id: 300, orgUnit: '/Infra/Archive' }, time),
      APP_VERDICT,
    );
    await saveScanResult(
      ctx,
      await saveAccountsOf(db, 1, { owner: 'gus', id: 400, orgUnit: '/Sandbox' }, time),
      APP_VERDICT,
    );
    await saveScanResult(
      ctx,
      await saveAccountsOf(db, 1, { owner: null, id: 500, orgUnit: '/Infra' }, time),
      APP_VERDICT,
    );
    await saveScanResult(
      ctx,
      await saveAccountsOf(db, 1, { owner: 'zoe', id: 600, orgUnit: '/' }, time),
      APP_VERDICT,
    );

    await runUntil(ctx, '2026-11-20T00:00Z');

    expect(await notificationsIn(db)).toEqual([]);
    const { gaps } = await findOwnerGaps(ctx);
    expect(
      gaps.map(({ view, gap, suggestion }) => [view.account.name, gap, suggestion?.person.name ?? null]),
    ).toEqual([
      ['frank-01', 'left', 'ana'],
      ['gus-01', 'guest', null],
      ['nobody-01', 'none-named', 'ana'],
      ['zoe-01', 'not-found', null],
    ]);
  });

  test('a fallback owner gets it in their place, and the problem stays reported', async () => {
    const ctx = companyContext('owners: { fallback: sam@example.com }\nreminders: { mode: "on" }');
    await savePeopleOf(db, aPerson('frank', { kind: 'deactivated' }));
    await saveScanResult(ctx, await saveAccountsOf(db, 1, { owner: 'frank', id: 300 }, time), APP_VERDICT);
    await saveScanResult(ctx, await saveAccountsOf(db, 1, { owner: null, id: 500 }, time), APP_VERDICT);

    await runUntil(ctx, '2026-11-05T00:00Z');

    expect(accountNames((await lastPayloadTo(SAM)).accounts)).toEqual(['frank-01', 'nobody-01']);
    expect((await findOwnerGaps(ctx)).gaps.map(({ gap }) => gap)).toEqual(['left', 'none-named']);
  });

  test('people with an exemption or a pending key, and no one about an unread account', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    const [exempt, underWay, unread] = anas;
    await createExemption(db, aRequestedExemption({ accountId: idOf(exempt) }));
    await saveExemption(db, aGrantedExemption({ accountId: idOf(exempt) }));
    const account = aTokenRequestAccount({ id: idOf(underWay) });
    await insertTokenRequest(db, aPendingTokenRequest(account));
    await saveTokenRequest(db, anApprovedTokenRequest(account));
    await saveScanResult(ctx, unread ? [unread] : [], UNKNOWN_VERDICT);

    await runUntil(ctx, '2026-11-05T00:00Z');

    const { accounts } = await lastPayloadTo(ANA);
    expect(accounts.count).toBe(8);
    expect(accountNames(accounts)).not.toEqual(expect.arrayContaining(['ana-01', 'ana-02', 'ana-03']));
  });

  test('but the owner of an account whose key is not approved, or does not arrive', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    const account = aTokenRequestAccount({ id: idOf(bens[0]) });
    await insertTokenRequest(db, aPendingTokenRequest(account));
    await runUntil(ctx, '2026-11-05T00:00Z');
    await saveTokenRequest(db, anApprovedTokenRequest(account));

    await runUntil(ctx, '2026-11-20T00:00Z');

    // Two weeks after the approval, not one after the first reminder.
    expect(await sentTimesTo(BEN)).toEqual(['2026-11-04 Wed 09:00', '2026-11-16 Mon 09:00']);
  });

  test('no one while Slack cannot be asked: that does not make an account ownerless', async () => {
    const failing = async () => {
      throw new Error('Slack does not answer');
    };
    const people = { byName: failing, admins: async () => [SAM] };
    const ctx = companyContext('', { people });
    await saveAnaAndBen(ctx);

    await runUntil(ctx, '2026-11-05T00:00Z');
    const notifications = await notificationsIn(db);
    const { gaps, unknownCount } = await findOwnerGaps(ctx);
    await runUntil(companyContext(), '2026-11-05T16:00Z');

    expect([notifications, gaps, unknownCount]).toEqual([[], [], 15]);
    expect(await sentTimesTo(ANA)).toHaveLength(1);
  });
});

describe('a fix', () => {
  test('ends the reminders, and turns the message into thanks', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await runUntil(ctx, '2026-11-05T00:00Z');

    await saveScanResult(ctx, bens, SECURITY_KEY_VERDICT);
    await saveScanResult(ctx, anas.slice(0, 1), SECURITY_KEY_VERDICT);
    await runUntil(ctx, '2026-11-17T00:00Z');

    expect(await sentTimesTo(BEN)).toHaveLength(1);
    expect(await lastPayloadTo(BEN)).toMatchObject({
      accounts: { count: 0 },
      fixed: [{ name: 'ben-01', mfa: 'fido' }],
    });
    const [first, second] = (await notificationsTo(ANA)).map(
      ({ payload }) => payload as ReminderNotification,
    );
    expect(first).toMatchObject({ accounts: { count: 10 }, fixed: [{ name: 'ana-01' }] });
    expect(second).toMatchObject({ accounts: { count: 10 }, fixed: [] });
    expect(await storedReminder(db, idOf(bens[0]))).toBeUndefined();
  });

  test('removes a closed account from the message, without thanks', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await runUntil(ctx, '2026-11-05T00:00Z');

    await saveScanResult(
      ctx,
      bens,
      aVerdict({ mfa: 'not_applicable', level1: 'not_applicable', level2: 'not_applicable' }),
    );

    expect(await lastPayloadTo(BEN)).toMatchObject({ accounts: { count: 0 }, fixed: [] });
  });

  test('that is undone is reported in the channel immediately, and to the owner the next morning', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await saveScanResult(ctx, bens, APP_VERDICT);
    time = new Date('2026-11-02T23:00Z');
    await saveScanResult(ctx, bens, NO_MFA);
    await saveScanResult(ctx, bens, NO_MFA);

    await runUntil(ctx, '2026-11-04T00:00Z');
    const [alert, ...others] = await notificationsTo('C01SECURITY');
    await saveScanResult(ctx, bens, SECURITY_KEY_VERDICT);

    expect(alert).toMatchObject({
      kind: 'alert',
      key: `alert/${idOf(bens[0])}/2026-11-02T23:00:00.000Z`,
      payload: { alarm: 'regression', was: 'virtual', mfa: 'none', account: { name: 'ben-01' } },
    });
    expect(others).toEqual([]);
    expect(await sentTimesTo(BEN)).toEqual(['2026-11-03 Tue 09:00']);
    expect(await lastPayloadTo<AlertNotification>('C01SECURITY')).toMatchObject({
      fixedAt: time.toISOString(),
    });
  });

  test('that is undone after they were reminded starts over', async () => {
    const ctx = companyContext();
    bens = await saveAccountsOf(db, 1, { owner: 'ben', id: 200 }, time);
    await saveScanResult(ctx, bens, APP_VERDICT);
    await runUntil(ctx, '2026-11-19T00:00Z');
    expect((await storedReminder(db, idOf(bens[0])))?.timesSent).toBe(3);

    await saveScanResult(ctx, bens, NO_MFA);
    await runUntil(ctx, '2026-11-20T00:00Z');

    expect(await storedReminder(db, idOf(bens[0]))).toMatchObject({ timesSent: 1, regressed: true });
    expect((await sentTimesTo(BEN)).at(-1)).toBe('2026-11-19 Thu 09:00');
  });

  test('of a management account that becomes non-compliant raises an alert of its own', async () => {
    const ctx = companyContext();
    const [management] = await saveAccountsOf(db, 1, { owner: 'sam', id: 900 }, time);
    if (!management) throw new Error('no account');

    await saveScanResult(ctx, [{ ...management, managementAccount: true }], APP_VERDICT);
    await db.query('update accounts set management_account = true where id = $1', [management.id]);
    await saveScanResult(ctx, [management], SECURITY_KEY_VERDICT);
    time = new Date(time.getTime() + HOUR_MS);
    await saveScanResult(ctx, [management], APP_VERDICT);

    const [alert] = await notificationsTo('C01SECURITY');
    expect(alert).toMatchObject({ payload: { alarm: 'management-account', was: 'fido', mfa: 'virtual' } });
  });

  test('credentials that come back where policy forbids them alert channel and owner, until they are gone', async () => {
    const ctx = companyContext('policy: { rootCredentials: forbidden }\nreminders: { mode: "off" }');
    bens = await saveAccountsOf(db, 1, { owner: 'ben', id: 200 }, time);
    await saveScanResult(ctx, bens, NO_CREDENTIALS);
    time = new Date(time.getTime() + HOUR_MS);

    await saveScanResult(ctx, bens, SECURITY_KEY_VERDICT);

    const [alert] = await notificationsTo('C01SECURITY');
    const [copy] = await notificationsTo(BEN);
    expect(alert).toMatchObject({ payload: { alarm: 'credentials-returned', account: { name: 'ben-01' } } });
    expect(copy).toMatchObject({ payload: { alarm: 'credentials-returned', toOwner: true } });

    time = new Date(time.getTime() + HOUR_MS);
    await saveScanResult(ctx, bens, NO_CREDENTIALS);

    expect(await lastPayloadTo<AlertNotification>('C01SECURITY')).toMatchObject({
      fixedAt: time.toISOString(),
    });
    expect(await lastPayloadTo<AlertNotification>(BEN)).toMatchObject({ fixedAt: time.toISOString() });
  });

  test('credentials that come back where policy allows them are no alert', async () => {
    const ctx = companyContext();
    bens = await saveAccountsOf(db, 1, { owner: 'ben', id: 200 }, time);
    await saveScanResult(ctx, bens, NO_CREDENTIALS);
    time = new Date(time.getTime() + HOUR_MS);

    await saveScanResult(ctx, bens, SECURITY_KEY_VERDICT);

    expect(await notificationsTo('C01SECURITY')).toEqual([]);
  });

  test('lost by many at once is ten alerts and one summary of the others', async () => {
    const ctx = companyContext();
    const many = await saveAccountsOf(db, 40, { owner: 'ana', id: 100 }, time);
    await saveScanResult(ctx, many, APP_VERDICT);
    time = new Date(time.getTime() + HOUR_MS);

    await saveScanResult(ctx, many, NO_MFA);

    const alerts = await notificationsTo('C01SECURITY');
    expect(alerts).toHaveLength(11);
    expect(alerts.at(-1)).toMatchObject({
      kind: 'alert-summary',
      payload: { accounts: { count: 30, items: { length: 30 } } },
    });
  });
});

describe('later, please', () => {
  test('is available twice, each for a week, and reminders resume afterwards', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await runUntil(ctx, '2026-11-04T15:00Z');

    const first = await snoozeReminders(ctx, { by: ANA, zone: SAO_PAULO });
    const again = await snoozeReminders(ctx, { by: ANA, zone: SAO_PAULO });
    await runUntil(ctx, '2026-11-11T15:00Z');
    const second = await snoozeReminders(ctx, { by: ANA, zone: SAO_PAULO });
    await runUntil(ctx, '2026-11-18T15:00Z');
    const third = await snoozeReminders(ctx, { by: ANA, zone: SAO_PAULO });

    expect(first).toMatchObject({ kind: 'snoozed', accounts: 11, snoozesLeft: 1 });
    expect(again).toEqual({ kind: 'already-snoozed', until: new Date('2026-11-11T12:00Z') });
    expect(second).toMatchObject({ kind: 'snoozed', snoozesLeft: 0 });
    expect(third).toEqual({ kind: 'no-snoozes-left', maxSnoozes: 2 });
    expect(await lastPayloadTo(ANA)).toMatchObject({ snoozesLeft: 0 });
    const [notification] = await notificationsTo(ANA);
    expect(notification?.payload).toMatchObject({ snoozedUntil: '2026-11-11T12:00:00.000Z', snoozesLeft: 1 });
    expect(
      (await listAuditEntries(db, { limit: 100 })).filter(({ kind }) => kind === 'reminder-snoozed'),
    ).toHaveLength(22);
  });

  test('is not available before the first reminder', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await runUntil(ctx, '2026-11-03T00:00Z');

    expect(await snoozeReminders(ctx, { by: ANA, zone: SAO_PAULO })).toEqual({ kind: 'nothing-to-snooze' });
  });
});

describe('not mine', () => {
  const reason = 'The web team runs it';

  test('stops the reminders, and tells every admin why and who might know more', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await saveScanResult(
      ctx,
      await saveAccountsOf(db, 1, { owner: 'sam', id: 700, orgUnit: '/Production' }, time),
      SECURITY_KEY_VERDICT,
    );
    await runUntil(ctx, '2026-11-05T00:00Z');

    const outcome = await disownAccount(ctx, { accountId: idOf(anas[0]), by: ANA, reason });
    await runUntil(ctx, '2026-11-20T00:00Z');

    expect(outcome).toEqual({ kind: 'disowned', name: 'ana-01', notified: 'admins' });
    expect(await lastPayloadTo<NotificationContent>(SAM)).toMatchObject({
      finding: 'account-disowned',
      account: { name: 'ana-01' },
      by: ANA,
      reason,
      suggestion: { who: SAM, accounts: 1 },
    });
    for (const { payload } of await notificationsTo(ANA)) {
      expect(accountNames((payload as ReminderNotification).accounts)).not.toContain('ana-01');
    }
    expect((await notificationsTo(ANA)).length).toBe(3);
  });

  test("is refused for another person's account, twice, and without a reason", async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await runUntil(ctx, '2026-11-05T00:00Z');
    const disownAs = (by: typeof ANA, why: string) =>
      disownAccount(ctx, { accountId: idOf(bens[0]), by, reason: why });

    expect(await disownAs(ANA, reason)).toEqual({ kind: 'not-yours' });
    expect(await disownAs(BEN, '  ')).toEqual({ kind: 'no-reason' });
    expect((await disownAs(BEN, reason)).kind).toBe('disowned');
    expect(await disownAs(BEN, reason)).toEqual({ kind: 'already-disowned', name: 'ben-01' });
  });

  test('is undone by an admin, and by no one else', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await runUntil(ctx, '2026-11-05T00:00Z');
    const accountId = idOf(bens[0]);
    await disownAccount(ctx, { accountId, by: BEN, reason });

    const refused = await handBackAccount(ctx, { accountId, by: { id: ANA, admin: false } });
    const done = await handBackAccount(ctx, { accountId, by: { id: SAM, admin: true } });
    const again = await handBackAccount(ctx, { accountId, by: { id: SAM, admin: true } });
    await runUntil(ctx, '2026-11-12T00:00Z');

    expect([refused, done, again]).toEqual([
      { kind: 'not-an-admin' },
      { kind: 'handed-back', name: 'ben-01', to: BEN },
      { kind: 'not-disowned' },
    ]);
    expect(await lastPayloadTo<NotificationContent>(SAM)).toMatchObject({ handedBack: { by: SAM } });
    expect((await sentTimesTo(BEN)).at(-1)).toBe('2026-11-11 Wed 09:00');
  });

  test('ends with another owner, who gets a grace period of their own', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await runUntil(ctx, '2026-11-05T00:00Z');
    await disownAccount(ctx, { accountId: idOf(bens[0]), by: BEN, reason });

    const entry = { tags: { owner: 'sam@example.com' } };
    await saveDirectoryEntries(db, [{ id: idOf(bens[0]), entry }], time);
    await runUntil(ctx, '2026-11-10T00:00Z');

    expect((await notificationsTo(SAM)).map(({ kind, localTime }) => [kind, localTime])).toEqual([
      ['finding', '2026-11-05 Thu 00:00'],
      ['reminder', '2026-11-09 Mon 09:00'],
    ]);
  });
});

describe('when an owner does not answer', () => {
  test('the channel is notified first, the backup a week later, and the owner still gets reminders', async () => {
    const ctx = companyContext('reminders: { mode: "on", backup: sam@example.com }');
    await saveAnaAndBen(ctx);

    await runUntil(ctx, '2026-12-17T00:00Z');

    expect(await lastPayloadTo<EscalationNotification>('C01SECURITY')).toMatchObject({
      accounts: { count: 12, items: expect.arrayContaining([expect.objectContaining({ contact: SAM })]) },
    });
    expect(await sentTimesTo('C01SECURITY')).toEqual(['2026-11-25 Wed 09:00']);
    expect(await sentTimesTo(SAM)).toEqual(['2026-12-02 Wed 09:00']);
    expect(await lastPayloadTo(SAM)).toMatchObject({ escalated: { count: 12 } });
    expect((await sentTimesTo(BEN)).slice(3)).toEqual(['2026-12-16 Wed 09:00']);
    expect(await lastPayloadTo(BEN)).toMatchObject({
      last: false,
      accounts: { items: [{ escalatedSince: '2026-11-25T09:00:00.000Z' }] },
    });
  });

  test('their manager is notified instead of the backup where a tag of the account names one', async () => {
    await savePeopleOf(db, aPerson('emi'));
    const ctx = companyContext('reminders: { mode: "on", backup: sam@example.com }');
    await saveAnaAndBen(ctx);
    const tags = { owner: 'ben@example.com', manager: 'Emi@example.com' };
    await saveDirectoryEntries(db, [{ id: idOf(bens[0]), entry: { tags } }], time);

    await runUntil(ctx, '2026-12-03T00:00Z');

    expect(await lastPayloadTo(EMI)).toMatchObject({ escalated: { items: [{ name: 'ben-01' }] } });
    expect(await lastPayloadTo(SAM)).toMatchObject({ escalated: { count: 11 } });
  });

  test('the channel gets its own post, which thanks for what is fixed', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await runUntil(ctx, '2026-11-23T09:00Z');
    const to = { kind: 'channel', id: 'C01SECURITY' } as const;
    await enqueue(db, { key: 'digest/2026-W48', kind: 'digest', to, payload: {} }, time);

    await runUntil(ctx, '2026-11-26T00:00Z');

    expect(await db.query(`select thread_key from outbox where kind = 'escalation'`)).toEqual([
      { thread_key: null },
    ]);
    await saveScanResult(ctx, bens, SECURITY_KEY_VERDICT);
    expect(await lastPayloadTo<EscalationNotification>('C01SECURITY')).toMatchObject({
      accounts: { count: 11 },
      fixed: [{ name: 'ben-01' }],
    });
  });

  test('every admin is notified where there is no channel', async () => {
    const ctx = companyContext('', {
      channels: { digest: null, tokens: null, channelBlockReason: async () => undefined },
    });
    await saveAnaAndBen(ctx);

    await runUntil(ctx, '2026-11-26T00:00Z');

    expect((await notificationsTo(SAM)).map(({ kind }) => kind)).toEqual(['escalation']);
  });
});

describe('a cautious beginning', () => {
  test('a preview sends and saves nothing, and says who would get what and when', async () => {
    const ctx = companyContext('reminders: { mode: preview }');
    await saveAnaAndBen(ctx);

    await runUntil(ctx, '2026-11-06T00:00Z');
    const preview = await readReminderPreview(ctx);

    expect([await notificationsIn(db), await listReminders(db)]).toEqual([[], []]);
    expect(preview.mode).toBe('preview');
    expect(
      preview.reminders.map(({ to, at, willSend, accounts }) => [
        to?.name,
        at.toISOString(),
        willSend,
        accounts.length,
      ]),
    ).toEqual([
      ['ana', '2026-11-06T12:00:00.000Z', false, 11],
      ['ben', '2026-11-06T14:00:00.000Z', false, 1],
    ]);
  });

  test('a preview is correct while reminders are on, and includes escalations', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    await runUntil(ctx, '2026-11-19T00:00Z');

    const { reminders } = await readReminderPreview(ctx);
    await runUntil(ctx, '2026-11-26T00:00Z');

    expect(reminders).toMatchObject([{ to: null, willSend: true, escalated: { length: 12 } }]);
    expect((await notificationsTo('C01SECURITY'))[0]?.at).toEqual(reminders[0]?.at);
  });

  test('in a pilot only its people get reminders, and the channel gets nothing', async () => {
    const ctx = companyContext('reminders: { mode: pilot, pilot: [ben@example.com] }');
    await saveAnaAndBen(ctx);

    await runUntil(ctx, '2026-12-01T00:00Z');

    expect(new Set((await notificationsIn(db)).map(({ to }) => to))).toEqual(new Set([BEN]));
    expect((await listReminders(db)).map(({ owner }) => owner)).toEqual([BEN]);
    const { reminders } = await readReminderPreview(ctx);
    expect(reminders.map(({ to, willSend }) => [to?.name ?? null, willSend])).toContainEqual(['ana', false]);
  });

  test('while reminders are off nothing is planned', async () => {
    const ctx = companyContext('reminders: { mode: off }');
    await saveAnaAndBen(ctx);

    await runUntil(ctx, '2026-11-06T00:00Z');

    expect(await notificationsIn(db)).toEqual([]);
    expect(await readReminderPreview(ctx)).toMatchObject({ mode: 'off', reminders: [] });
  });
});

describe('a recovery window', () => {
  test('pauses the reminders of its account and no others, says so, and they go on when it ends', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    const accountId = idOf(anas[0]);
    const terms = { id: 'w1', accountId, reason: 'Unlock a bucket', ticket: null };
    const request = { ...terms, askedBy: ANA, askedAt: time, endsAt: new Date('2026-11-05T15:00Z') };
    const facts = { decisionNote: null, credentialsSeenAt: null, endAnnouncedAt: null };
    await insertRecovery(db, { ...request, state: 'asked' });
    await saveRecovery(db, { ...request, ...facts, state: 'granted', decidedBy: SAM, decidedAt: time });

    await runUntil(ctx, '2026-11-05T00:00Z');
    const { accounts } = await lastPayloadTo(ANA);
    expect(accounts.count).toBe(10);
    expect(accountNames(accounts)).not.toContain('ana-01');
    expect((await readReminderPreview(ctx)).paused).toMatchObject({ 'recovery-window': 1 });
    const progress = await readReminderProgress(ctx, await readAccounts(ctx));
    expect(progress.get(accountId)).toMatchObject({
      sent: 0,
      pause: 'recovery-window',
      nextAt: new Date('2026-11-05T15:00Z'),
    });

    await runUntil(ctx, '2026-11-06T00:00Z');
    expect(accountNames((await lastPayloadTo(ANA)).accounts)).toContain('ana-01');
    expect((await notificationsTo(ANA)).map(({ localTime }) => localTime)).toEqual([
      '2026-11-04 Wed 09:00',
      '2026-11-05 Thu 12:00',
    ]);
  });
});

describe('one reminder', () => {
  test('is sent once, however many instances plan at once', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    time = new Date('2026-11-04T15:00Z');

    await Promise.all([remindOwners(ctx, []), remindOwners(ctx, [])]);

    expect((await notificationsTo(ANA)).length).toBe(1);
    expect((await storedReminder(db, idOf(anas[0])))?.timesSent).toBe(1);
  });

  test('says of an account with a pending key request that it waits, and how to protect it until then', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    const [withApp] = anas;
    const [withoutMfa] = bens;
    const accounts = [withApp, withoutMfa].map((account) => aTokenRequestAccount({ id: idOf(account) }));
    await insertTokenRequest(db, aPendingTokenRequest(...accounts));
    time = new Date('2026-11-04T15:00Z');

    await remindOwners(ctx, []);

    const stepsTo = async (person: string) =>
      (await lastPayloadTo(person)).accounts.items.map(({ name, nextStep }) => `${name}: ${nextStep}`);
    const waiting = 'A key request for it is waiting for approval, and I’m asking the approvers.';
    expect(await stepsTo(ANA)).toContain(`ana-01: ${waiting}`);
    expect(await stepsTo(BEN)).toEqual([
      `ben-01: ${waiting} Until the key is here, register an authenticator app: about 5 minutes.`,
    ]);
  });

  test('asks about a key too, and about nothing twice', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    const account = aTokenRequestAccount({ id: idOf(anas[0]) });
    await insertTokenRequest(db, aPendingTokenRequest(account));
    await saveTokenRequest(db, anApprovedTokenRequest(account));
    await saveTokenRequest(db, aShippedTokenRequest(account));
    time = new Date('2026-11-09T15:00Z');

    const followUps = await plannedFollowUps(ctx);
    await remindOwners(ctx, followUps);
    await remindOwners(ctx, followUps);

    expect(await notificationsTo(ANA)).toHaveLength(1);
    expect(await lastPayloadTo(ANA)).toMatchObject({
      accounts: { count: 10 },
      requests: [{ requestId: 'r1', to: 'confirm-receipt', accounts: [{ name: 'ana-01' }] }],
    });
  });
});

describe('an owner who ignores everything', () => {
  test('is reported after eight weeks, with how far the reminders have come', async () => {
    const ctx = companyContext();
    await saveAnaAndBen(ctx);
    const views = () => readAccounts(ctx);

    await runUntil(ctx, '2026-11-05T00:00Z');
    time = new Date('2026-12-29T12:00Z');
    expect(await readUnresponsiveOwners(ctx, await views())).toEqual([]);
    await snoozeReminders(ctx, { by: ANA, zone: 'Europe/London' });

    time = new Date('2026-12-30T12:00Z');
    expect(await readUnresponsiveOwners(ctx, await views())).toEqual([
      { owner: BEN, accounts: ['ben-01'], sent: 1, days: 56 },
    ]);
    expect((await readReminderProgress(ctx, await views())).get(idOf(bens[0]))).toEqual({
      sent: 1,
      nextAt: new Date('2026-12-30T14:00Z'),
      escalatedSince: null,
      pause: null,
    });
  });
});
