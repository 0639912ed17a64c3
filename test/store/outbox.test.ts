import { beforeEach, expect, test } from '@jest/globals';
import {
  accountsInNotifications,
  claimDue,
  countNotifications,
  enqueue,
  expireAllClaims,
  listDeadLetters,
  markDead,
  markFailed,
  markSent,
  markUncertain,
  type NewNotification,
  type Notification,
  nextDueInMs,
  notificationByKey,
  notificationsAbout,
  requeueDeadLetters,
  updateNotification,
  withdrawAllWaiting,
  withdrawNotification,
} from '../../src/store/outbox.ts';
import { saveRestore } from '../../src/store/restores.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { anAccount, day } from './examples.ts';

const instances = await testDatabases(4);
const [db] = instances as [(typeof instances)[number]];
const LEASE = 60_000;
const nine = day(5);
const later = (seconds: number) => new Date(nine.getTime() + seconds * 1000);
const message = { channel: 'D1', ts: '1767603600.000100' };

beforeEach(() => emptyTables(db));

function aNotification(key: string, details: Partial<NewNotification> = {}): NewNotification {
  return { key, kind: 'reminder', to: { kind: 'person', id: 'UANA' }, payload: { hello: key }, ...details };
}

const toBob = { to: { kind: 'person', id: 'UBOB' } } as const;

const claim = (at = nine, by = 'one', limit = 10) => claimDue(db, { by, at, limit, leaseMs: LEASE });
const claimKeys = async (at?: Date) => (await claim(at)).map(({ key }) => key);

async function claimOne(at = nine) {
  const [notification] = await claim(at);
  if (!notification) throw new Error('Expected a notification to be due');
  return notification;
}

async function sendOne(at = nine) {
  const { id, revision } = await claimOne(at);
  await markSent(db, id, 'one', { message, revision, at });
}

test('the same key is one notification, however often it is enqueued', async () => {
  expect(await enqueue(db, aNotification('digest/2026-W02'), nine)).toBe(true);
  expect(await enqueue(db, aNotification('digest/2026-W02', { payload: 'again' }), later(1))).toBe(false);

  expect(await notificationByKey(db, 'digest/2026-W02')).toMatchObject({
    state: 'waiting',
    payload: { hello: 'digest/2026-W02' },
    createdAt: nine,
  });
});

test('a notification of a rolled-back transaction does not exist', async () => {
  const failing = db.transaction(async (tx) => {
    await enqueue(tx, aNotification('a'), nine);
    throw new Error('the decision fell through');
  });

  await expect(failing).rejects.toThrow('fell through');
  expect(await notificationByKey(db, 'a')).toBeUndefined();
});

test('a notification is claimed, sent, and no longer due', async () => {
  await enqueue(db, aNotification('a'), nine);

  const [notification] = await claim();
  expect(notification).toMatchObject({
    key: 'a',
    to: { kind: 'person', id: 'UANA' },
    payload: { hello: 'a' },
    state: 'sending',
    attempts: 1,
    uncertain: false,
    message: null,
    threadMessage: null,
  });
  expect(await claimKeys()).toEqual([]);

  expect(await markSent(db, notification?.id ?? 0, 'one', { message, revision: 1, at: later(1) })).toBe(true);
  expect(await notificationByKey(db, 'a')).toMatchObject({
    state: 'sent',
    message,
    sentAt: later(1),
    renderedRevision: 1,
  });
  expect(await claimKeys(later(9999))).toEqual([]);
});

test('a notification that failed is due when its pause has ended', async () => {
  await enqueue(db, aNotification('a'), nine);
  const { id } = await claimOne();
  await markFailed(db, id, 'one', { error: 'ratelimited', retryInMs: 60_000, at: nine });

  expect(await claimKeys(later(59))).toEqual([]);
  expect(await nextDueInMs(db, later(59))).toBe(1_000);
  expect(await claimKeys(later(60))).toEqual(['a']);
});

test('claims follow the clock of the database, however wrong the clock of an instance is', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000);
  await enqueue(db, aNotification('a'), inAnHour);

  const [notification] = await claimDue(db, { by: 'one', limit: 1, leaseMs: LEASE });
  expect(notification?.key).toBe('a');
  expect(await claimDue(db, { by: 'two', limit: 1, leaseMs: LEASE })).toEqual([]);

  await markFailed(db, notification?.id ?? 0, 'one', { error: 'ratelimited', retryInMs: 30_000 });
  expect(await nextDueInMs(db)).toBeLessThanOrEqual(30_000);
});

test('a clock that was a year ahead holds no notification back', async () => {
  await enqueue(db, aNotification('claimed'), nine);
  await enqueue(db, aNotification('failed', toBob), nine);
  const nextYear = new Date(nine.getTime() + 365 * 86_400_000);
  const [, failed] = await claim(nextYear);
  await markFailed(db, failed?.id ?? 0, 'one', { error: 'no', retryInMs: 30_000, at: nextYear });

  expect(await claimKeys(later(60))).toEqual(['claimed', 'failed']);
});

test('after a restart a claim ends when a call of the dead process can have arrived', async () => {
  await enqueue(db, aNotification('new'), nine);
  await enqueue(db, aNotification('edit', toBob), nine);
  const [, edit] = await claim();
  await markSent(db, edit?.id ?? 0, 'one', { message, revision: 0, at: nine });
  await claim();

  await expireAllClaims(db, later(1));

  expect(await claim(later(1))).toMatchObject([{ key: 'edit', uncertain: false }]);
  expect(await claimKeys(later(10))).toEqual([]);
  expect(await claim(later(11))).toMatchObject([{ key: 'new', uncertain: true }]);
});

test('after a restore each notification is looked up from the backup on before it is sent', async () => {
  await enqueue(db, aNotification('waiting'), nine);
  await saveRestore(db, later(60));
  await enqueue(db, aNotification('later', toBob), later(600));

  expect(await claim(later(700))).toMatchObject([
    { key: 'waiting', uncertain: true, lookUpFrom: nine },
    { key: 'later', uncertain: true, lookUpFrom: later(60) },
  ]);
});

test('two weeks after a restore nothing is looked up anymore', async () => {
  await saveRestore(db, nine);
  await db.query(`update restores set restored_at = clock_timestamp() - interval '15 days'`);
  await enqueue(db, aNotification('a'), nine);

  expect(await claimOne()).toMatchObject({ uncertain: false, lookUpFrom: nine });
});

test('one notification at a time is in flight to each recipient, in the order they were enqueued', async () => {
  await enqueue(db, aNotification('ana 1'), nine);
  await enqueue(db, aNotification('ana 2'), nine);
  await enqueue(db, aNotification('bob 1', toBob), nine);

  expect(await claimKeys()).toEqual(['ana 1', 'bob 1']);
  expect(await claimKeys()).toEqual([]);

  const first = (await notificationByKey(db, 'ana 1')) as Notification;
  await markSent(db, first.id, 'one', { message, revision: 1, at: later(1) });
  expect(await claimKeys(later(1))).toEqual(['ana 2']);
});

test('a failed notification waits for its next attempt, and delays no other', async () => {
  await enqueue(db, aNotification('a'), nine);
  await enqueue(db, aNotification('b'), nine);
  const { id } = await claimOne();

  await markFailed(db, id, 'one', { error: 'ratelimited', retryInMs: 30_000, at: nine });

  expect(await claimKeys(later(1))).toEqual(['b']);
  expect(await notificationByKey(db, 'a')).toMatchObject({
    state: 'waiting',
    attempts: 1,
    lastError: 'ratelimited',
  });
});

test('a notification whose sender died comes back as uncertain, before the others to that person', async () => {
  await enqueue(db, aNotification('a'), nine);
  await enqueue(db, aNotification('b'), nine);
  await claim();

  expect(await claimKeys(later(59))).toEqual([]);
  const [notification] = await claim(later(60), 'two');

  expect(notification).toMatchObject({ key: 'a', uncertain: true, attempts: 2 });
});

test('an instance that lost its claim cannot save an outcome', async () => {
  await enqueue(db, aNotification('a'), nine);
  const { id } = await claimOne();
  await claim(later(61), 'two');

  expect(await markSent(db, id, 'one', { message, revision: 1, at: later(62) })).toBe(false);
  expect(await markFailed(db, id, 'one', { error: 'no', retryInMs: 0 })).toBe(false);
  expect(await markUncertain(db, id, 'one', { error: 'no', retryInMs: 0 })).toBe(false);
  expect(await markDead(db, id, 'one', 'no')).toBe(false);
  expect((await notificationByKey(db, 'a'))?.state).toBe('sending');
});

test('a lost reply leaves the notification uncertain until it was looked up', async () => {
  await enqueue(db, aNotification('a'), nine);
  const { id } = await claimOne();

  await markUncertain(db, id, 'one', { error: 'socket hang up', retryInMs: 5_000, at: nine });
  expect((await notificationByKey(db, 'a'))?.state).toBe('uncertain');
  expect(await withdrawNotification(db, 'a')).toBe(false);

  expect(await claimOne(later(5))).toMatchObject({ uncertain: true });
  await markFailed(db, id, 'one', { error: 'was not there', retryInMs: 1_000, at: later(5) });
  expect(await claimOne(later(6))).toMatchObject({ uncertain: false });
});

test('an undeliverable notification is dead, and reported', async () => {
  await enqueue(db, aNotification('a'), nine);
  const { id } = await claimOne();

  await markDead(db, id, 'one', 'user_not_found');

  expect(await claimKeys(later(9999))).toEqual([]);
  expect(await listDeadLetters(db, 10)).toMatchObject([{ key: 'a', lastError: 'user_not_found' }]);
  expect(await countNotifications(db)).toEqual({
    waiting: 0,
    sending: 0,
    sent: 0,
    uncertain: 0,
    dead: 1,
    withdrawn: 0,
  });
});

test('a recently dead notification can be sent again, after a look-up whether it had arrived', async () => {
  for (const [key, at] of [
    ['yesterday', nine],
    ['today', later(1440)],
  ] as const) {
    await enqueue(db, { ...aNotification(key), to: { kind: 'person', id: key } }, at);
    const { id } = await claimOne(at);
    await markDead(db, id, 'one', 'account_inactive');
  }

  expect(await requeueDeadLetters(db, later(1))).toBe(1);

  expect(await claimOne(later(1500))).toMatchObject({ key: 'today', uncertain: true, attempts: 1 });
  expect(await listDeadLetters(db, 10)).toMatchObject([{ key: 'yesterday' }]);
});

test('all waiting notifications can be withdrawn; sent ones stay', async () => {
  await enqueue(db, aNotification('sent'), nine);
  await sendOne();
  await updateNotification(db, 'sent', 'new');
  await enqueue(db, aNotification('waiting'), nine);

  expect(await withdrawAllWaiting(db)).toBe(1);

  expect(await claimKeys(later(1))).toEqual(['sent']);
});

test('a notification updated before it is sent has only the new content', async () => {
  await enqueue(db, aNotification('a'), nine);
  await updateNotification(db, 'a', 'new');

  await sendOne();

  expect(await notificationByKey(db, 'a')).toMatchObject({
    payload: 'new',
    renderedRevision: 2,
    state: 'sent',
  });
  expect(await claimKeys(later(1))).toEqual([]);
});

test('a notification updated after it was sent is due again, as an edit of its message', async () => {
  await enqueue(db, aNotification('a'), nine);
  await sendOne();

  expect(await updateNotification(db, 'a', 'thank you')).toBe(true);
  const edit = await claimOne(later(10));
  expect(edit).toMatchObject({ key: 'a', payload: 'thank you', revision: 2, message, uncertain: false });

  await markFailed(db, edit.id, 'one', { error: 'ratelimited', retryInMs: 10_000, at: later(10) });
  expect(await notificationByKey(db, 'a')).toMatchObject({ state: 'sent', renderedRevision: 1 });

  await sendOne(later(20));
  expect(await notificationByKey(db, 'a')).toMatchObject({
    state: 'sent',
    renderedRevision: 2,
    sentAt: nine,
  });
});

test('a notification updated while in flight is edited once it arrived', async () => {
  await enqueue(db, aNotification('a'), nine);
  const { id, revision } = await claimOne();
  await updateNotification(db, 'a', 'newer');

  await markSent(db, id, 'one', { message, revision, at: later(2) });

  expect(await claimOne(later(2))).toMatchObject({ payload: 'newer', message });
});

test('a message found by looking is edited to what it should say', async () => {
  await enqueue(db, aNotification('a'), nine);
  const { id } = await claimOne();

  await markSent(db, id, 'one', { message, revision: 0, at: later(2) });

  expect(await claimOne(later(2))).toMatchObject({ key: 'a', message });
});

test('an edit that cannot be made leaves a notification that was sent', async () => {
  await enqueue(db, aNotification('a'), nine);
  await sendOne();
  await updateNotification(db, 'a', 'newer');
  const { id } = await claimOne(later(1));

  await markDead(db, id, 'one', 'message_not_found');

  expect((await notificationByKey(db, 'a'))?.state).toBe('sent');
  expect(await claimKeys(later(9999))).toEqual([]);
});

test('a notification can be withdrawn until it is in flight', async () => {
  await enqueue(db, aNotification('a'), nine);
  await enqueue(db, aNotification('b', toBob), nine);
  expect(await withdrawNotification(db, 'a')).toBe(true);

  expect(await claimKeys()).toEqual(['b']);
  expect(await withdrawNotification(db, 'b')).toBe(false);
  expect(await updateNotification(db, 'a', 'too late')).toBe(false);
  expect(await withdrawNotification(db, 'unknown')).toBe(false);
});

test('a notification in a thread waits for the one that opens it', async () => {
  const channel = { to: { kind: 'channel', id: 'C1' } } as const;
  await enqueue(db, aNotification('reply', { ...channel, thread: 'digest' }), nine);
  await enqueue(db, aNotification('digest', channel), nine);

  expect(await claimKeys()).toEqual(['digest']);
  const digest = (await notificationByKey(db, 'digest')) as Notification;
  await markSent(db, digest.id, 'one', { message, revision: 1, at: later(1) });

  expect(await claimOne(later(1))).toMatchObject({ key: 'reply', threadMessage: message });
});

test('a notification in a thread that will never be opened is not lost', async () => {
  await enqueue(db, aNotification('digest'), nine);
  await enqueue(db, aNotification('reply', { thread: 'digest' }), nine);
  await withdrawNotification(db, 'digest');

  expect(await claimOne()).toMatchObject({ key: 'reply', threadMessage: null });
});

test('notifications are found by the accounts they are about', async () => {
  const [payments, sandbox] = [anAccount(1), anAccount(2)];
  await enqueue(db, aNotification('both', { about: [payments.id, sandbox.id] }), nine);
  await enqueue(db, aNotification('one', { about: [sandbox.id] }), nine);
  await enqueue(db, aNotification('none'), nine);

  expect((await notificationsAbout(db, payments.id)).map(({ key }) => key)).toEqual(['both']);
  expect((await notificationsAbout(db, sandbox.id)).map(({ key }) => key)).toEqual(['one', 'both']);
});

test('of many accounts, those with notifications of a kind are found', async () => {
  const [payments, sandbox, ledger] = [anAccount(1).id, anAccount(2).id, anAccount(3).id];
  await enqueue(db, aNotification('both', { kind: 'reminder', about: [payments, ledger] }), nine);
  await enqueue(db, aNotification('other', { kind: 'alert', about: [sandbox] }), nine);

  const all = [payments, sandbox, ledger];
  expect(await accountsInNotifications(db, all, ['reminder', 'escalation'])).toEqual(
    new Set([payments, ledger]),
  );
  expect(await accountsInNotifications(db, [sandbox], ['alert'])).toEqual(new Set([sandbox]));
  expect(await accountsInNotifications(db, [], ['alert'])).toEqual(new Set());
});

test('instances that claim at once share the notifications, and no two write to the same person', async () => {
  for (let number = 0; number < 40; number += 1) {
    await enqueue(
      db,
      aNotification(`notification ${number}`, { to: { kind: 'person', id: `U${number % 20}` } }),
      nine,
    );
  }

  const claims = await Promise.all(
    instances.flatMap((instance, index) =>
      [1, 2, 3].map(() => claimDue(instance, { by: `bot ${index}`, at: nine, limit: 4, leaseMs: LEASE })),
    ),
  );

  const claimed = claims.flat();
  expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length);
  expect(new Set(claimed.map(({ to }) => to.id)).size).toBe(claimed.length);
  expect(claimed).toHaveLength(20);
});
