import { beforeEach, describe, expect, test } from '@jest/globals';
import { rootEventMessage, signOfLifeMessage } from '@root-mfa-bot/aws-simulator';
import { parseConfig } from '../../../src/config/config.ts';
import { type Actor, slackUserId } from '../../../src/domain/person.ts';
import type {
  RootAlertNotification,
  RootIncidentNotification,
} from '../../../src/domain/root-events/root-notification.ts';
import { STORM_AFTER } from '../../../src/domain/root-events/storm.ts';
import { jobHandlers } from '../../../src/jobs/job-handlers.ts';
import type { StatusReport } from '../../../src/reports/status-export.ts';
import { saveAccounts, saveDirectoryEntries } from '../../../src/store/accounts.ts';
import { savePeople } from '../../../src/store/people.ts';
import { countRejects, listIncidents, readHeard } from '../../../src/store/root-events.ts';
import { exportStatus } from '../../../src/usecases/export/export-status.ts';
import { answerRootIncident, readAnswerForm } from '../../../src/usecases/root-events/answer-incident.ts';
import { notifyIncidents } from '../../../src/usecases/root-events/notify-incidents.ts';
import { alertUnansweredIncidents } from '../../../src/usecases/root-events/raise-root-alerts.ts';
import { readDigestRootUse } from '../../../src/usecases/root-events/read-root-events.ts';
import {
  receiveFromNewAccounts,
  receiveRootEvents,
} from '../../../src/usecases/root-events/receive-root-events.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { readAccounts } from '../../../src/usecases/shared/read-accounts.ts';
import { anAccount } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { notificationsIn } from '../../support/owners.ts';
import { aConsoleLogin, anEventMessage } from '../../support/root-events.ts';

const db = await testDatabase();
const PAYMENTS = anAccount({ name: 'payments-prod' });
const OTHER = anAccount({ id: '444455556666', name: 'nobody-owns-this' });
const STRANGER = '999999999999';
const ana = slackUserId('U03ANA');
const sam = slackUserId('U01SAM');
const config = parseConfig(`owners: { accounts: { "${PAYMENTS.id}": ana@example.com } }`);
let time: Date;
let ctx: Context;

beforeEach(async () => {
  await emptyTables(db);
  time = new Date('2026-11-24T09:15:00Z');
  ctx = aContext({ db, config, admins: [sam], now: () => time });
  await saveAccounts(db, [PAYMENTS, OTHER], time);
  await savePeople(db, [
    {
      slackId: ana,
      name: 'Ana',
      email: 'ana@example.com',
      teamId: 'T0HOME',
      timeZone: null,
      kind: 'member',
      awayUntil: null,
      readAt: time,
    },
  ]);
});

const minutesAgo = (minutes: number) => new Date(time.getTime() - minutes * 60_000);
const signIn = (eventId: string, over: { accountId?: string; source?: string; at?: Date } = {}) =>
  rootEventMessage({ accountId: PAYMENTS.id, action: 'sign-in', at: minutesAgo(1), eventId, ...over });
const incidents = async () =>
  (await listIncidents(db, { accountIds: null, states: null }, { offset: 0, limit: 50 })).incidents;
const kindsTo = async () => (await notificationsIn(db)).map(({ to, kind }) => `${kind} to ${to}`).sort();

const alertedReaders = async () =>
  (await notificationsIn(db))
    .filter(({ kind }) => kind === 'root-alert')
    .map(({ to, payload }) => `${(payload as RootAlertNotification).because} to ${to}`)
    .sort();

describe('what the queue delivers', () => {
  test('twice is stored once, whether in one batch or in two', async () => {
    const first = await receiveRootEvents(ctx, [signIn('a'), signIn('a')]);
    const second = await receiveRootEvents(ctx, [signIn('a')]);

    expect([first.events.length, first.doubled]).toEqual([1, 1]);
    expect([second.events.length, second.doubled]).toEqual([0, 1]);
    expect(await incidents()).toMatchObject([{ eventCount: 1 }]);
  });

  test('twice is reported once', async () => {
    await receiveRootEvents(ctx, [signIn('a')]);
    await notifyIncidents(ctx);
    const before = await kindsTo();

    await receiveRootEvents(ctx, [signIn('a')]);
    expect(await notifyIncidents(ctx)).toBe(0);
    expect(await kindsTo()).toEqual(before);
  });

  test('late and out of order still is one conversation', async () => {
    await receiveRootEvents(ctx, [signIn('b', { at: minutesAgo(5) })]);
    await notifyIncidents(ctx);
    await receiveRootEvents(ctx, [signIn('c', { at: minutesAgo(1) }), signIn('a', { at: minutesAgo(50) })]);
    await notifyIncidents(ctx);

    expect(await incidents()).toMatchObject([{ eventCount: 3, firstAt: minutesAgo(50) }]);
    expect(await kindsTo()).toEqual(['root-incident to C01SECURITY', 'root-incident to U03ANA']);
  });

  test('a day late is asked about all the same', async () => {
    await receiveRootEvents(ctx, [signIn('a', { at: minutesAgo(23 * 60) })]);

    expect(await notifyIncidents(ctx)).toBe(1);
  });

  test('from elsewhere, forged or unreadable is kept with the reason, and notifies no one', async () => {
    const forged = aConsoleLogin({
      eventTime: time.toISOString(),
      userIdentity: { type: 'Root', accountId: STRANGER },
    });
    const { rejected } = await receiveRootEvents(ctx, [
      signIn('a', { accountId: STRANGER }),
      JSON.stringify(anEventMessage(forged)),
      'not JSON',
    ]);
    await notifyIncidents(ctx);

    expect(rejected).toEqual(['foreign', 'forged', 'malformed']);
    expect(await countRejects(db, minutesAgo(60))).toEqual({ foreign: 1, forged: 1, malformed: 1 });
    expect(await kindsTo()).toEqual([]);
    expect((await readHeard(db)).size).toBe(0);
  });

  test('in a flood of what is no event is not all kept, and what is one is', async () => {
    const flood = Array.from({ length: 2_050 }, (_, number) => `not JSON ${number}`);
    const { events, rejected } = await receiveRootEvents(ctx, [
      ...flood,
      signIn('a', { accountId: STRANGER }),
      signIn('b'),
    ]);
    await receiveRootEvents(ctx, ['more of it']);

    expect(events).toHaveLength(1);
    expect(rejected).toHaveLength(2_051);
    expect(await countRejects(db, minutesAgo(60))).toEqual({ malformed: 2_000, foreign: 1 });
  });

  test('from an account that is listed only later is read again then', async () => {
    await receiveRootEvents(ctx, [signIn('a', { accountId: '777788889999' })]);
    expect((await receiveFromNewAccounts(ctx)).events).toEqual([]);

    await saveAccounts(db, [PAYMENTS, OTHER, anAccount({ id: '777788889999', name: 'new-today' })], time);

    expect((await receiveFromNewAccounts(ctx)).events).toHaveLength(1);
    expect((await receiveFromNewAccounts(ctx)).events).toEqual([]);
    expect(await incidents()).toMatchObject([{ accountId: '777788889999' }]);
  });

  test('says which accounts send events, and an older event never replaces a newer one', async () => {
    await receiveRootEvents(ctx, [signOfLifeMessage(OTHER.id, minutesAgo(1)), signIn('a')]);
    await receiveRootEvents(ctx, [signOfLifeMessage(PAYMENTS.id, minutesAgo(600))]);

    const heard = await readHeard(db);
    expect(heard.get(OTHER.id)).toEqual({ lastHeardAt: minutesAgo(1), lastEventAt: null });
    expect(heard.get(PAYMENTS.id)).toEqual({ lastHeardAt: minutesAgo(1), lastEventAt: minutesAgo(1) });
  });

  test('says which accounts to check: a failed sign-in changes nothing', async () => {
    const failed = rootEventMessage({
      accountId: OTHER.id,
      action: 'failed-sign-in',
      at: minutesAgo(1),
    });

    expect((await receiveRootEvents(ctx, [failed, signIn('a')])).toCheck).toEqual([PAYMENTS.id]);
  });
});

describe('who is asked', () => {
  test('the owner; and the admins where an account has none', async () => {
    await receiveRootEvents(ctx, [signIn('a'), signIn('b', { accountId: OTHER.id })]);
    // Without an organization to read tags from, no owner is certain.
    await db.query('update accounts set state = null');
    await notifyIncidents(ctx);

    expect((await incidents()).map(({ accountId, asked }) => [accountId, asked]).sort()).toEqual([
      [PAYMENTS.id, [ana]],
      [OTHER.id, [sam]],
    ]);
  });

  test('is said: the owner, the fallback owner, or an admin where no owner can be reached', async () => {
    const why = async () =>
      (await notificationsIn(db)).flatMap(({ kind, to, payload }) =>
        kind === 'root-incident' && to !== 'C01SECURITY'
          ? [[to, (payload as RootIncidentNotification).askedAs]]
          : [],
      );
    await db.query(`update accounts set directory_read_at = $1, org_unit = '/', tags = '{}' where id = $2`, [
      time,
      OTHER.id,
    ]);
    await receiveRootEvents(ctx, [signIn('a'), signIn('b', { accountId: OTHER.id })]);
    await notifyIncidents(ctx);

    expect((await why()).sort()).toEqual([
      [sam, 'admin'],
      [ana, 'owner'],
    ]);
  });

  test('waits while Slack does not say who the owner is, but not longer than two minutes', async () => {
    const silent = {
      ...ctx,
      people: { byName: () => Promise.reject(new Error('ratelimited')), admins: async () => [sam] },
    };
    await receiveRootEvents(silent, [signIn('a')]);

    expect(await notifyIncidents(silent)).toBe(0);
    expect(await kindsTo()).toEqual(['root-incident to C01SECURITY']);

    time = new Date(time.getTime() + 2 * 60_000);
    expect(await notifyIncidents(silent)).toBe(1);
    expect(await kindsTo()).toEqual(['root-incident to C01SECURITY', 'root-incident to U01SAM']);
  });
});

describe('an owner who cannot be asked', () => {
  test('because they left Slack: the admins are asked', async () => {
    await db.query(`update people set kind = 'deactivated' where slack_id = $1`, [ana]);
    await receiveRootEvents(ctx, [signIn('a')]);
    await notifyIncidents(ctx);

    expect(await kindsTo()).toEqual(['root-incident to C01SECURITY', 'root-incident to U01SAM']);
  });
});

test('a question goes out at night, on a Sunday, and to an owner who is away', async () => {
  time = new Date('2026-11-22T03:00:00Z');
  await db.query(`update people set time_zone = 'Europe/Lisbon', away_until = $1 where slack_id = $2`, [
    new Date('2026-12-06T00:00:00Z'),
    ana,
  ]);
  await receiveRootEvents(ctx, [signIn('a')]);
  await notifyIncidents(ctx);

  const [toAna] = (await notificationsIn(db)).filter(({ to }) => to === ana);
  expect(toAna).toMatchObject({ kind: 'root-incident', payload: { audience: 'asked' } });
  const due = await db.query(`select id from outbox where recipient = $1 and due_at <= $2`, [ana, time]);
  expect(due).toHaveLength(1);
});

test('the digest counts what was explained, what is open, and attempts that failed', async () => {
  const wired = parseConfig('rootEvents: { queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/q" }');
  await receiveRootEvents(ctx, [
    signIn('a'),
    signIn('b', { source: '198.51.100.1' }),
    signIn('c', { source: '198.51.100.2' }),
    rootEventMessage({ accountId: OTHER.id, action: 'failed-sign-in', at: minutesAgo(1) }),
  ]);
  await notifyIncidents(ctx);
  const [first, second] = (await incidents()).filter(({ accountId }) => accountId === PAYMENTS.id);
  const by = { id: sam, admin: true };
  for (const incident of [first, second]) {
    const answer = { kind: 'mine', reason: 'Changed the support plan', ticket: null } as const;
    await answerRootIncident(ctx, { incidentId: incident?.id ?? '', answer }, by);
  }

  const views = await readAccounts(ctx);
  expect(await readDigestRootUse({ ...ctx, config: wired }, views, minutesAgo(60))).toEqual({
    incidents: 3,
    explained: 2,
    open: 1,
    denied: 0,
    failedAttempts: 1,
    notWired: 0,
  });
});

test('events are kept as long as the configuration says, and without an answer until there is one', async () => {
  await receiveRootEvents(ctx, [signIn('a'), signIn('b', { source: '198.51.100.1' })]);
  await notifyIncidents(ctx);
  const [first] = await incidents();
  const answer = { kind: 'mine', reason: 'Changed the support plan', ticket: null } as const;
  await answerRootIncident(ctx, { incidentId: first?.id ?? '', answer }, { id: sam, admin: true });
  const tidyAfter = async (days: number) => {
    const now = () => new Date(time.getTime() + days * 24 * 60 * 60_000);
    const keepDays = parseConfig('rootEvents: { keepDays: 90 }');
    const progress = async () => undefined;
    await jobHandlers({ ...ctx, config: keepDays, now }, 'one', now).tidy(
      { scheduledFor: now() } as never,
      {
        progress,
      } as never,
    );
    return (await db.query<{ id: string }>('select id from root_events order by id')).length;
  };

  expect(await tidyAfter(89)).toBe(2);
  expect(await tidyAfter(91)).toBe(1);
  expect(await incidents()).toMatchObject([{ state: 'open' }]);
});

describe('an answer', () => {
  const by = { id: ana, admin: false };
  const yes = { kind: 'mine', reason: 'Changed the support plan', ticket: null } as const;
  const ask = async () => {
    await receiveRootEvents(ctx, [signIn('a')]);
    await notifyIncidents(ctx);
    const [incident] = await incidents();
    if (!incident) throw new Error('There is no incident');
    return incident.id;
  };
  const canSay = async (incidentId: string, ...answers: ('explained' | 'denied')[]) =>
    (await readAnswerForm(ctx, { incidentId, answers }, by)).kind;

  test('is asked for once: a second click on an old message opens no form', async () => {
    const incidentId = await ask();
    expect(await canSay(incidentId, 'explained')).toBe('can-answer');

    await answerRootIncident(ctx, { incidentId, answer: yes }, by);

    expect(await canSay(incidentId, 'explained')).toBe('already-answered');
    expect((await answerRootIncident(ctx, { incidentId, answer: yes }, by)).kind).toBe('already-answered');
    // A "yes" can still become a "no".
    expect(await canSay(incidentId, 'explained', 'denied')).toBe('can-answer');
    await answerRootIncident(ctx, { incidentId, answer: { kind: 'not-mine' } }, by);
    expect(await canSay(incidentId, 'explained', 'denied')).toBe('already-answered');
  });

  test('"no", while Slack cannot name the admins: the channel hears at once, admins when Slack names them', async () => {
    const incidentId = await ask();
    const noAdmins = { ...ctx, people: { ...ctx.people, admins: () => Promise.reject(new Error('slow')) } };

    await answerRootIncident(noAdmins, { incidentId, answer: { kind: 'not-mine' } }, by);
    expect(await alertedReaders()).toEqual(['denied to C01SECURITY']);

    expect(await alertUnansweredIncidents(noAdmins)).toBe(0);
    await alertUnansweredIncidents(ctx);
    await alertUnansweredIncidents(ctx);
    expect(await alertedReaders()).toEqual(['denied to C01SECURITY', `denied to ${sam}`]);
  });

  test('after the alert went out is shown in the alert', async () => {
    const incidentId = await ask();
    time = new Date(time.getTime() + 15 * 60_000);
    await alertUnansweredIncidents(ctx);

    expect((await answerRootIncident(ctx, { incidentId, answer: yes }, by)).kind).toBe('explained');

    const alerts = (await notificationsIn(db)).filter(({ kind }) => kind === 'root-alert');
    expect(alerts.map(({ to }) => to).sort()).toEqual(['C01SECURITY', sam]);
    for (const { payload } of alerts) {
      expect(payload).toMatchObject({ incidents: { items: [{ answer: { state: 'explained', by: ana } }] } });
    }
  });

  test('of "no" after the alert went out alerts again: now it is certain', async () => {
    const incidentId = await ask();
    time = new Date(time.getTime() + 15 * 60_000);
    await alertUnansweredIncidents(ctx);

    await answerRootIncident(ctx, { incidentId, answer: { kind: 'not-mine' } }, by);

    const alerts = (await notificationsIn(db)).filter(
      ({ kind, to }) => kind === 'root-alert' && to === 'C01SECURITY',
    );
    expect(alerts.map(({ payload }) => (payload as { because: string }).because).sort()).toEqual([
      'denied',
      'unanswered',
    ]);
  });
});

test('what a stopped bot stored and did not report is reported once it runs again', async () => {
  await receiveRootEvents(ctx, [signIn('a')]);

  // The next run of the job, in another process.
  expect(await notifyIncidents(ctx)).toBe(1);
  expect(await kindsTo()).toEqual(['root-incident to C01SECURITY', 'root-incident to U03ANA']);
});

describe('no answer in time, while Slack cannot name the admins', () => {
  const noAdmins = () => ({
    ...ctx,
    people: { ...ctx.people, admins: () => Promise.reject(new Error('slow')) },
  });
  beforeEach(async () => {
    await receiveRootEvents(ctx, [signIn('a')]);
    await notifyIncidents(ctx);
    time = new Date(time.getTime() + 15 * 60_000);
  });

  test('the channel hears at once and only once, admins as soon as Slack names them', async () => {
    expect(await alertUnansweredIncidents(noAdmins())).toBe(1);
    expect(await alertUnansweredIncidents(noAdmins())).toBe(0);
    expect(await alertedReaders()).toEqual(['unanswered to C01SECURITY']);

    // Another one has become due meanwhile.
    await receiveRootEvents(ctx, [signIn('b', { accountId: OTHER.id })]);
    time = new Date(time.getTime() + 15 * 60_000);
    await alertUnansweredIncidents(ctx);

    const alerts = (await notificationsIn(db)).filter(({ kind }) => kind === 'root-alert');
    const named = alerts.flatMap(({ to, payload }) =>
      (payload as RootAlertNotification).incidents.items.map(({ account }) => `${account.name} to ${to}`),
    );
    expect(named.sort()).toEqual(
      ['C01SECURITY', sam]
        .flatMap((to) => ['nobody-owns-this', 'payments-prod'].map((name) => `${name} to ${to}`))
        .sort(),
    );
  });

  test('without a channel the admins hear later, and are not forgotten', async () => {
    ctx = { ...ctx, channels: { ...ctx.channels, digest: null } };
    await alertUnansweredIncidents(noAdmins());
    expect(await alertedReaders()).toEqual([]);

    await alertUnansweredIncidents(ctx);
    expect(await alertedReaders()).toEqual([`unanswered to ${sam}`]);
  });

  test('what was explained meanwhile alerts no admin', async () => {
    await alertUnansweredIncidents(noAdmins());
    const [incident] = await incidents();
    const answer = { kind: 'mine', reason: 'Renewal', ticket: null } as const;
    await answerRootIncident(ctx, { incidentId: incident?.id ?? '', answer }, { id: ana, admin: false });

    await alertUnansweredIncidents(ctx);

    expect(await alertedReaders()).toEqual(['unanswered to C01SECURITY']);
  });
});

describe('a storm', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      signIn(`e${index}`, { source: `198.51.${index >> 8}.${index & 255}` }),
    );

  test('is a few messages and one that sums up the rest', async () => {
    await receiveRootEvents(ctx, many(300));
    await notifyIncidents(ctx);

    const toChannel = (await notificationsIn(db)).filter(({ to }) => to === 'C01SECURITY');
    expect(toChannel.map(({ kind }) => kind).sort()).toEqual([
      ...Array(STORM_AFTER).fill('root-incident'),
      'root-storm',
    ]);
    expect(toChannel.find(({ kind }) => kind === 'root-storm')?.payload).toMatchObject({
      summary: { incidents: 300 - STORM_AFTER, accounts: 1, open: 300 - STORM_AFTER },
    });
  });

  test('that no one explains is one alert', async () => {
    await receiveRootEvents(ctx, many(40));
    await notifyIncidents(ctx);
    time = new Date(time.getTime() + 15 * 60_000);

    expect(await alertUnansweredIncidents(ctx)).toBe(40);
    const alerts = (await notificationsIn(db)).filter(({ kind }) => kind === 'root-alert');
    expect(alerts.map(({ to }) => to).sort()).toEqual(['C01SECURITY', sam]);
  });

  test('names the gravest in its alert, whenever it came', async () => {
    const failed = Array.from({ length: 30 }, (_, index) =>
      rootEventMessage({
        accountId: PAYMENTS.id,
        action: 'failed-sign-in',
        at: minutesAgo(2),
        source: `198.51.100.${index}`,
      }),
    );
    const key = rootEventMessage({ accountId: OTHER.id, action: 'create-access-key', at: minutesAgo(1) });
    await receiveRootEvents(ctx, [...failed, key]);
    await notifyIncidents(ctx);
    time = new Date(time.getTime() + 15 * 60_000);
    await alertUnansweredIncidents(ctx);

    const [alert] = (await notificationsIn(db)).filter(({ kind }) => kind === 'root-alert');
    const named = (alert?.payload as RootAlertNotification | undefined)?.incidents;
    expect(named?.count).toBe(31);
    expect(named?.items[0]?.kinds).toEqual(['access-key-created']);
  });
});

describe('the channel of a part of the company', () => {
  const orgUnit = (path: string) => ({ orgUnit: path, tags: {}, securityContact: null });

  test('hears of its own accounts alone, beside the channel of the company', async () => {
    const parts = [{ channel: 'C02DATA', orgUnits: ['/Data/**'] }];
    ctx = { ...ctx, channels: { ...ctx.channels, parts } };
    await saveDirectoryEntries(
      db,
      [
        { id: PAYMENTS.id, entry: orgUnit('/Data/Lake') },
        { id: OTHER.id, entry: orgUnit('/Sandbox') },
      ],
      time,
    );
    await receiveRootEvents(ctx, [signIn('a'), signIn('b', { accountId: OTHER.id })]);
    await notifyIncidents(ctx);
    time = new Date(time.getTime() + 60 * 60_000);
    await alertUnansweredIncidents(ctx);

    const toData = (await notificationsIn(db)).filter(({ to }) => to === 'C02DATA');
    expect(toData).toMatchObject([
      { kind: 'root-incident', payload: { audience: 'channel', account: { name: 'payments-prod' } } },
      { kind: 'root-alert', payload: { incidents: { count: 1 } } },
    ]);
    const toCompany = (await notificationsIn(db)).filter(
      ({ to, kind }) => to === 'C01SECURITY' && kind === 'root-alert',
    );
    expect(toCompany).toMatchObject([{ payload: { incidents: { count: 2 } } }]);
  });
});

describe('the export', () => {
  const wired = parseConfig(`
owners: { accounts: { "${PAYMENTS.id}": ana@example.com } }
rootEvents: { queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/root-mfa-events" }
`);
  const rowsFor = async (by: Actor, owned: readonly string[]) => {
    const outcome = await exportStatus(
      { ...ctx, config: wired },
      { by, format: 'json', canSee: () => true, isOwner: ({ account }) => owned.includes(account.id) },
    );
    if (outcome.kind !== 'exported') throw new Error('Nothing was exported');
    const { rootEvents } = JSON.parse(String(outcome.files[0]?.content)) as StatusReport;
    return rootEvents;
  };

  test('holds the events of all accounts for admins, and of their own for owners', async () => {
    await receiveRootEvents(ctx, [signIn('a'), signIn('b', { accountId: OTHER.id })]);

    expect((await rowsFor({ id: sam, admin: true }, []))?.map(({ eventId }) => eventId)).toEqual(['a', 'b']);
    expect(await rowsFor({ id: ana, admin: false }, [PAYMENTS.id])).toEqual([
      expect.objectContaining({ eventId: 'a', accountName: 'payments-prod', state: 'open', mfaUsed: false }),
    ]);
    expect(await rowsFor({ id: ana, admin: false }, [])).toEqual([]);
  });
});
