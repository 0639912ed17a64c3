import { beforeEach, describe, expect, test } from '@jest/globals';
import { jobHandlers } from '../../src/jobs/job-handlers.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import { listAuditEntries, recordAuditEvent } from '../../src/store/audit-log.ts';
import { claimRun } from '../../src/store/job-runs.ts';
import {
  claimDue,
  enqueue,
  markDead,
  markSent,
  type NewNotification,
  notificationByKey,
  updateNotification,
} from '../../src/store/outbox.ts';
import { listPeople, listUnknownNames, savePeople, saveUnknownName } from '../../src/store/people.ts';
import {
  deleteOldNotifications,
  deleteOldPeople,
  deleteOldUnknownNames,
  pruneOldScans,
} from '../../src/store/retention.ts';
import { createScan, finishScan, scansSince } from '../../src/store/scans.ts';
import { claimEvent } from '../../src/store/seen-events.ts';
import { listVerdictHistory, saveObservations } from '../../src/store/verdicts.ts';
import { aContext } from '../support/context.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { anAccount, anObservation, day, noMfa, virtualMfa } from './examples.ts';

const db = await testDatabase();
const account = anAccount(1);
/** Everything before it is old. */
const cutoff = day(20);

beforeEach(() => emptyTables(db));

async function aSentNotification(key: string, at: Date, overrides: Partial<NewNotification> = {}) {
  await enqueue(
    db,
    { key, kind: 'reminder', to: { kind: 'person', id: 'UANA' }, payload: {}, ...overrides },
    at,
  );
  const [notification] = await claimDue(db, { by: 'one', at, limit: 1, leaseMs: 1000 });
  await markSent(db, notification?.id ?? 0, 'one', {
    message: { channel: 'D1', ts: '1.1' },
    revision: 1,
    at,
  });
}

async function aScan(at: Date) {
  const { id } = await createScan(db, { startedBy: 'schedule', at });
  await finishScan(db, id, { at, accounts: 1, unread: 0, coverage: {} });
  return id;
}

const at = (number: number, hour: number) => new Date(Date.UTC(2026, 0, number, hour));
const remaining = async () => (await scansSince(db, day(0))).map(({ startedAt }) => startedAt);

describe('notifications', () => {
  test('that arrived long ago are forgotten, later ones are not', async () => {
    await aSentNotification('old', day(1));
    await aSentNotification('new', day(21));

    expect(await deleteOldNotifications(db, cutoff)).toBe(1);
    expect(await notificationByKey(db, 'old')).toBeUndefined();
    expect(await notificationByKey(db, 'new')).toBeDefined();
  });

  test('that never arrived are forgotten once they are given up, and not before', async () => {
    await enqueue(db, { key: 'dead', kind: 'x', to: { kind: 'person', id: 'U1' }, payload: {} }, day(1));
    const [notification] = await claimDue(db, { by: 'one', at: day(1), limit: 1, leaseMs: 1000 });
    await markDead(db, notification?.id ?? 0, 'one', 'nobody there');
    await enqueue(db, { key: 'waiting', kind: 'x', to: { kind: 'person', id: 'U2' }, payload: {} }, day(1));

    await deleteOldNotifications(db, cutoff);

    expect(await notificationByKey(db, 'dead')).toBeUndefined();
    expect(await notificationByKey(db, 'waiting')).toBeDefined();
  });

  test('that wait for an edit are kept until they were edited', async () => {
    await aSentNotification('edited', day(1));
    await updateNotification(db, 'edited', { new: true });

    expect(await deleteOldNotifications(db, cutoff)).toBe(0);
  });

  test('of an account that is still non-compliant are kept: they are updated when it is fixed', async () => {
    await saveObservations(db, null, [anObservation(account, noMfa, day(1))]);
    await aSentNotification('alert', day(1), { about: [account.id] });

    expect(await deleteOldNotifications(db, cutoff)).toBe(0);

    await saveObservations(db, null, [anObservation(account, virtualMfa, day(21))]);
    expect(await deleteOldNotifications(db, cutoff)).toBe(1);
  });

  test('of a request that is still open are kept, its escalation too', async () => {
    await db.query(
      `insert into token_requests (id, state, requested_by, requested_at, kind, quantity)
       values ('r1', 'requested', 'UANA', $1, 'security-key', 1)`,
      [day(1)],
    );
    await aSentNotification('token-request/r1', day(1));
    await aSentNotification('token-request/r1/escalated/USAM', day(1));
    await aSentNotification('token-request/other', day(1));

    expect(await deleteOldNotifications(db, cutoff)).toBe(1);
    expect(await notificationByKey(db, 'token-request/other')).toBeUndefined();
  });

  test('go also when they are many', async () => {
    await db.query(
      `insert into outbox (key, kind, recipient_kind, recipient, payload, state, created_at, sent_at)
       select 'reminder/' || n, 'reminder', 'person', 'UANA', '{}', 'sent', $1, $1 from generate_series(1, 600) as n`,
      [day(1)],
    );

    expect(await deleteOldNotifications(db, cutoff)).toBe(600);
  });
});

describe('scans', () => {
  test('of a day long ago keep the last that ended, and those that never ended are deleted', async () => {
    await aScan(at(1, 0));
    await aScan(at(1, 6));
    await aScan(at(1, 23));
    await aScan(at(2, 0));
    await createScan(db, { startedBy: 'schedule', at: at(2, 12) });

    expect(await pruneOldScans(db, cutoff)).toBe(3);
    expect(await remaining()).toEqual([at(1, 23), at(2, 0)]);
    expect(await pruneOldScans(db, cutoff)).toBe(0);
  });

  test('of late are all kept', async () => {
    await aScan(at(20, 12));
    await aScan(at(20, 18));

    expect(await pruneOldScans(db, cutoff)).toBe(0);
  });

  test('that saw a verdict first are kept, and so is the history', async () => {
    const first = await aScan(at(1, 0));
    await saveObservations(db, first, [anObservation(account, noMfa, at(1, 0))]);
    await aScan(at(1, 6));

    expect(await pruneOldScans(db, cutoff)).toBe(0);
    expect(await listVerdictHistory(db, account.id)).toMatchObject([{ scanId: first }]);
  });
});

test('the nightly tidying forgets what is older than 400 days, and never what was decided', async () => {
  const now = new Date('2027-06-01T03:15:00Z');
  await aSentNotification('reminder/UANA/2026-01-01', day(1));
  await aScan(at(1, 0));
  await aScan(at(1, 6));
  await recordAuditEvent(db, day(1), 'USAM', {
    kind: 'exemption-granted',
    accountId: account.id,
    detail: { exemptionId: 'e1', lastDay: '2026-02-01', note: null },
  });

  const { tidy } = jobHandlers(aContext({ db, now: () => now }), 'test', () => now);
  await tidy(
    { key: '2027-06-01T03:15', scheduledFor: now, late: false, attempt: 1 },
    { signal: new AbortController().signal, progress: () => {} },
  );

  expect(await notificationByKey(db, 'reminder/UANA/2026-01-01')).toBeUndefined();
  expect(await remaining()).toEqual([at(1, 6)]);
  expect(await listAuditEntries(db, { limit: 10 })).toHaveLength(1);
});

describe('the nightly tidying deletes', () => {
  const now = new Date('2027-06-01T03:15:00Z');
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  const tidy = (database = db) =>
    jobHandlers(aContext({ db: database, now: () => now }), 'test', () => now).tidy(
      { key: '2027-06-01T03:15', scheduledFor: now, late: false, attempt: 1 },
      { signal: new AbortController().signal, progress: () => {} },
    );
  const idsIn = async (table: string, column = 'id') =>
    (await db.query<{ id: string }>(`select ${column} as id from ${table} order by 1`)).map(({ id }) => id);

  test('from no other tables than those that the docs give an end', async () => {
    const tables = new Set<string>();
    const recording = {
      ...db,
      query: ((sql, values) => {
        for (const [, table = ''] of sql.matchAll(/\b(?:delete from|truncate) (\w+)/gi)) tables.add(table);
        return db.query(sql, values);
      }) as typeof db.query,
    };

    await tidy(recording);

    expect([...tables].sort()).toEqual([
      'announced_root_uses',
      'job_runs',
      'outbox',
      'people',
      'root_event_rejects',
      'root_incidents',
      'scans',
      'seen_events',
      'unknown_emails',
    ]);
  });

  test('nothing early when the clock of an instance is years ahead', async () => {
    const person = { teamId: 'T1', name: 'Ana', timeZone: null, kind: 'member', awayUntil: null } as const;
    const [clock] = await db.query<{ now: Date }>('select now()');
    await savePeople(db, [{ ...person, slackId: 'UANA', email: null, readAt: clock?.now ?? now }]);
    const ahead = new Date('2040-01-01T03:15:00Z');

    await jobHandlers(aContext({ db, now: () => ahead }), 'test').tidy(
      { key: '2040-01-01T03:15', scheduledFor: ahead, late: false, attempt: 1 },
      { signal: new AbortController().signal, progress: () => {} },
    );

    expect(await listPeople(db)).toHaveLength(1);
  });

  test('ids of Slack events after 2 days', async () => {
    await claimEvent(db, 'old', daysAgo(2.1));
    await claimEvent(db, 'new', daysAgo(1.9));

    await tidy();

    expect(await idsIn('seen_events')).toEqual(['new']);
  });

  test('job runs after 60 days, but for the last of each job', async () => {
    for (const [job, days] of [
      ['scan', 61],
      ['scan', 59],
      ['digest', 300],
    ] as const)
      await claimRun(db, { job, period: String(days), by: 'one', leaseMs: 1000, at: daysAgo(days) });

    await tidy();

    expect(await idsIn('job_runs', 'period')).toEqual(['300', '59']);
  });

  test('people and unknown names 90 days after the last look-up', async () => {
    const person = { teamId: 'T1', name: 'Ana', timeZone: null, kind: 'member', awayUntil: null } as const;
    for (const [slackId, days] of [
      ['UOLD', 91],
      ['UNEW', 89],
    ] as const)
      await savePeople(db, [{ ...person, slackId, email: `${slackId}@example.com`, readAt: daysAgo(days) }]);
    await saveUnknownName(db, 'old@example.com', daysAgo(91));
    await saveUnknownName(db, 'new@example.com', daysAgo(89));

    await tidy();

    expect((await listPeople(db)).map(({ slackId }) => slackId)).toEqual(['UNEW']);
    expect(await listUnknownNames(db)).toEqual(['new@example.com']);
  });

  test('root events after 400 days, but none that was not answered, and rejected messages after 30', async () => {
    await saveAccounts(db, [account], daysAgo(900));
    const insertIncident = (id: string, days: number, answeredBy: string | null) =>
      db.query(
        `insert into root_incidents
           (id, account_id, via, first_at, last_at, event_count, opened_at, state, answered_by, answered_at)
         values ($1, $2, 'root-user', $3, $3, 1, $3, $4, $5, $6)`,
        [
          id,
          account.id,
          daysAgo(days),
          answeredBy ? 'explained' : 'open',
          answeredBy,
          answeredBy && daysAgo(days),
        ],
      );
    await insertIncident('old', 401, 'UANA');
    await insertIncident('new', 399, 'UANA');
    await insertIncident('unanswered', 800, null);
    for (const [detail, days] of [
      ['old', 31],
      ['new', 29],
    ] as const)
      await db.query('insert into root_event_rejects (received_at, reason, detail) values ($1, $2, $3)', [
        daysAgo(days),
        'foreign',
        detail,
      ]);

    await tidy();

    expect(await idsIn('root_incidents')).toEqual(['new', 'unanswered']);
    expect(await idsIn('root_event_rejects', 'detail')).toEqual(['new']);
  });
});

test('people who were not looked up for a while are deleted, and so are unknown names', async () => {
  const person = { teamId: 'T1', name: 'Ana', timeZone: null, kind: 'member', awayUntil: null } as const;
  await savePeople(db, [
    { ...person, slackId: 'UOLD', email: 'old@example.com', readAt: day(1) },
    { ...person, slackId: 'UNEW', email: 'new@example.com', readAt: day(9) },
  ]);
  await saveUnknownName(db, 'gone@example.com', day(1));

  expect(await deleteOldPeople(db, day(5))).toBe(1);
  expect(await deleteOldUnknownNames(db, day(5))).toBe(1);

  expect((await listPeople(db)).map(({ slackId }) => slackId)).toEqual(['UNEW']);
  expect(await listUnknownNames(db)).toEqual([]);
});
