import { beforeEach, expect, test } from '@jest/globals';
import {
  accountsInLetters,
  claimDue,
  countLetters,
  deadLetters,
  type Letter,
  letterByKey,
  lettersAbout,
  markDead,
  markFailed,
  markSent,
  markUncertain,
  type NewLetter,
  nextDueAt,
  post,
  retryDead,
  rewrite,
  withdraw,
  withdrawAll,
} from '../../src/store/outbox.ts';
import { emptyTables, testDatabases } from '../support/database.ts';
import { anAccount, day } from './examples.ts';

const instances = await testDatabases(4);
const [db] = instances as [(typeof instances)[number]];
const LEASE = 60_000;
const nine = day(5);
const later = (seconds: number) => new Date(nine.getTime() + seconds * 1000);
const message = { channel: 'D1', ts: '1767603600.000100' };

beforeEach(() => emptyTables(db));

function aLetter(key: string, details: Partial<NewLetter> = {}): NewLetter {
  return { key, kind: 'reminder', to: { kind: 'person', id: 'UANA' }, payload: { hello: key }, ...details };
}

const toBob = { to: { kind: 'person', id: 'UBOB' } } as const;

const claim = (at = nine, by = 'one', limit = 10) => claimDue(db, { by, at, limit, leaseMs: LEASE });
const claimKeys = async (at?: Date) => (await claim(at)).map(({ key }) => key);

async function claimOne(at = nine) {
  const [letter] = await claim(at);
  if (!letter) throw new Error('Expected a letter to be due');
  return letter;
}

async function sendOne(at = nine) {
  const { id, revision } = await claimOne(at);
  await markSent(db, id, 'one', { message, revision, at });
}

test('the same key is one letter, however often it is written', async () => {
  expect(await post(db, aLetter('digest/2026-W02'), nine)).toBe(true);
  expect(await post(db, aLetter('digest/2026-W02', { payload: 'again' }), later(1))).toBe(false);

  expect(await letterByKey(db, 'digest/2026-W02')).toMatchObject({
    state: 'waiting',
    payload: { hello: 'digest/2026-W02' },
    createdAt: nine,
  });
});

test('a letter of a transaction that was rolled back was never written', async () => {
  const failing = db.transaction(async (tx) => {
    await post(tx, aLetter('a'), nine);
    throw new Error('the decision fell through');
  });

  await expect(failing).rejects.toThrow('fell through');
  expect(await letterByKey(db, 'a')).toBeUndefined();
});

test('a letter is claimed, sent, and due no more', async () => {
  await post(db, aLetter('a'), nine);

  const [letter] = await claim();
  expect(letter).toMatchObject({
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

  expect(await markSent(db, letter?.id ?? 0, 'one', { message, revision: 1, at: later(1) })).toBe(true);
  expect(await letterByKey(db, 'a')).toMatchObject({
    state: 'sent',
    message,
    sentAt: later(1),
    renderedRevision: 1,
  });
  expect(await claimKeys(later(9999))).toEqual([]);
});

test('a letter waits until it may be sent', async () => {
  await post(db, aLetter('a', { sendAfter: later(60) }), nine);

  expect(await claimKeys(later(59))).toEqual([]);
  expect(await nextDueAt(db)).toEqual(later(60));
  expect(await claimKeys(later(60))).toEqual(['a']);
});

test('one letter at a time is on its way to each recipient, in the order they were written', async () => {
  await post(db, aLetter('ana 1'), nine);
  await post(db, aLetter('ana 2'), nine);
  await post(db, aLetter('bob 1', toBob), nine);

  expect(await claimKeys()).toEqual(['ana 1', 'bob 1']);
  expect(await claimKeys()).toEqual([]);

  const first = (await letterByKey(db, 'ana 1')) as Letter;
  await markSent(db, first.id, 'one', { message, revision: 1, at: later(1) });
  expect(await claimKeys(later(1))).toEqual(['ana 2']);
});

test('a letter that failed waits for its next attempt, and holds up nobody', async () => {
  await post(db, aLetter('a'), nine);
  await post(db, aLetter('b'), nine);
  const { id } = await claimOne();

  await markFailed(db, id, 'one', { error: 'ratelimited', nextAttemptAt: later(30) });

  expect(await claimKeys(later(1))).toEqual(['b']);
  expect(await letterByKey(db, 'a')).toMatchObject({
    state: 'waiting',
    attempts: 1,
    lastError: 'ratelimited',
  });
});

test('a letter whose sender died comes back as uncertain, before the others to that person', async () => {
  await post(db, aLetter('a'), nine);
  await post(db, aLetter('b', { sendAfter: nine }), nine);
  await claim();

  expect(await claimKeys(later(59))).toEqual([]);
  const [letter] = await claim(later(60), 'two');

  expect(letter).toMatchObject({ key: 'a', uncertain: true, attempts: 2 });
});

test('who lost the claim can no longer say what became of the letter', async () => {
  await post(db, aLetter('a'), nine);
  const { id } = await claimOne();
  await claim(later(61), 'two');

  expect(await markSent(db, id, 'one', { message, revision: 1, at: later(62) })).toBe(false);
  expect(await markFailed(db, id, 'one', { error: 'no', nextAttemptAt: nine })).toBe(false);
  expect(await markUncertain(db, id, 'one', { error: 'no', nextAttemptAt: nine })).toBe(false);
  expect(await markDead(db, id, 'one', 'no')).toBe(false);
  expect((await letterByKey(db, 'a'))?.state).toBe('sending');
});

test('a reply that was lost leaves the letter uncertain until somebody looked', async () => {
  await post(db, aLetter('a'), nine);
  const { id } = await claimOne();

  await markUncertain(db, id, 'one', { error: 'socket hang up', nextAttemptAt: later(5) });
  expect((await letterByKey(db, 'a'))?.state).toBe('uncertain');
  expect(await withdraw(db, 'a')).toBe(false);

  expect(await claimOne(later(5))).toMatchObject({ uncertain: true });
  await markFailed(db, id, 'one', { error: 'was not there', nextAttemptAt: later(6) });
  expect(await claimOne(later(6))).toMatchObject({ uncertain: false });
});

test('a letter that cannot be delivered is dead, and told about', async () => {
  await post(db, aLetter('a'), nine);
  const { id } = await claimOne();

  await markDead(db, id, 'one', 'user_not_found');

  expect(await claimKeys(later(9999))).toEqual([]);
  expect(await deadLetters(db, 10)).toMatchObject([{ key: 'a', lastError: 'user_not_found' }]);
  expect(await countLetters(db)).toEqual({
    waiting: 0,
    sending: 0,
    sent: 0,
    uncertain: 0,
    dead: 1,
    withdrawn: 0,
  });
});

test('what was given up lately can be sent again, and whoever does looks first whether it had arrived', async () => {
  for (const [key, at] of [
    ['yesterday', nine],
    ['today', later(1440)],
  ] as const) {
    await post(db, { ...aLetter(key), to: { kind: 'person', id: key } }, at);
    const { id } = await claimOne(at);
    await markDead(db, id, 'one', 'account_inactive');
  }

  expect(await retryDead(db, later(1), later(1500))).toBe(1);

  expect(await claimOne(later(1500))).toMatchObject({ key: 'today', uncertain: true, attempts: 1 });
  expect(await deadLetters(db, 10)).toMatchObject([{ key: 'yesterday' }]);
});

test('all that waits can be withdrawn; what was sent stays as it is', async () => {
  await post(db, aLetter('sent'), nine);
  await sendOne();
  await rewrite(db, 'sent', 'new', nine);
  await post(db, aLetter('waiting'), nine);

  expect(await withdrawAll(db)).toBe(1);

  expect(await claimKeys(later(1))).toEqual(['sent']);
});

test('a letter rewritten before it is sent tells only the new', async () => {
  await post(db, aLetter('a'), nine);
  await rewrite(db, 'a', 'new', nine);

  await sendOne();

  expect(await letterByKey(db, 'a')).toMatchObject({ payload: 'new', renderedRevision: 2, state: 'sent' });
  expect(await claimKeys(later(1))).toEqual([]);
});

test('a letter rewritten after it was sent is due again, as an edit of its message', async () => {
  await post(db, aLetter('a'), nine);
  await sendOne();

  expect(await rewrite(db, 'a', 'thank you', later(10))).toBe(true);
  const edit = await claimOne(later(10));
  expect(edit).toMatchObject({ key: 'a', payload: 'thank you', revision: 2, message, uncertain: false });

  await markFailed(db, edit.id, 'one', { error: 'ratelimited', nextAttemptAt: later(20) });
  expect(await letterByKey(db, 'a')).toMatchObject({ state: 'sent', renderedRevision: 1 });

  await sendOne(later(20));
  expect(await letterByKey(db, 'a')).toMatchObject({ state: 'sent', renderedRevision: 2, sentAt: nine });
});

test('a letter rewritten while it is on its way is edited once it arrived', async () => {
  await post(db, aLetter('a'), nine);
  const { id, revision } = await claimOne();
  await rewrite(db, 'a', 'newer', later(1));

  await markSent(db, id, 'one', { message, revision, at: later(2) });

  expect(await claimOne(later(2))).toMatchObject({ payload: 'newer', message });
});

test('a message found by looking is edited to what it should say', async () => {
  await post(db, aLetter('a'), nine);
  const { id } = await claimOne();

  await markSent(db, id, 'one', { message, revision: 0, at: later(2) });

  expect(await claimOne(later(2))).toMatchObject({ key: 'a', message });
});

test('an edit that cannot be made leaves a letter that was sent', async () => {
  await post(db, aLetter('a'), nine);
  await sendOne();
  await rewrite(db, 'a', 'newer', later(1));
  const { id } = await claimOne(later(1));

  await markDead(db, id, 'one', 'message_not_found');

  expect((await letterByKey(db, 'a'))?.state).toBe('sent');
  expect(await claimKeys(later(9999))).toEqual([]);
});

test('a letter may be withdrawn until it is on its way', async () => {
  await post(db, aLetter('a'), nine);
  await post(db, aLetter('b', toBob), nine);
  expect(await withdraw(db, 'a')).toBe(true);

  expect(await claimKeys()).toEqual(['b']);
  expect(await withdraw(db, 'b')).toBe(false);
  expect(await rewrite(db, 'a', 'too late', nine)).toBe(false);
  expect(await withdraw(db, 'unknown')).toBe(false);
});

test('a letter in a thread waits for the one that opens it', async () => {
  const channel = { to: { kind: 'channel', id: 'C1' } } as const;
  await post(db, aLetter('reply', { ...channel, thread: 'digest' }), nine);
  await post(db, aLetter('digest', channel), nine);

  expect(await claimKeys()).toEqual(['digest']);
  const digest = (await letterByKey(db, 'digest')) as Letter;
  await markSent(db, digest.id, 'one', { message, revision: 1, at: later(1) });

  expect(await claimOne(later(1))).toMatchObject({ key: 'reply', threadMessage: message });
});

test('a letter in a thread that will never be opened is not lost', async () => {
  await post(db, aLetter('digest'), nine);
  await post(db, aLetter('reply', { thread: 'digest' }), nine);
  await withdraw(db, 'digest');

  expect(await claimOne()).toMatchObject({ key: 'reply', threadMessage: null });
});

test('letters are found by the accounts they speak of', async () => {
  const [payments, sandbox] = [anAccount(1), anAccount(2)];
  await post(db, aLetter('both', { about: [payments.id, sandbox.id] }), nine);
  await post(db, aLetter('one', { about: [sandbox.id] }), nine);
  await post(db, aLetter('none'), nine);

  expect((await lettersAbout(db, payments.id)).map(({ key }) => key)).toEqual(['both']);
  expect((await lettersAbout(db, sandbox.id)).map(({ key }) => key)).toEqual(['one', 'both']);
});

test('of many accounts those are found that letters of some kind speak of', async () => {
  const [payments, sandbox, ledger] = [anAccount(1).id, anAccount(2).id, anAccount(3).id];
  await post(db, aLetter('both', { kind: 'reminder', about: [payments, ledger] }), nine);
  await post(db, aLetter('other', { kind: 'alert', about: [sandbox] }), nine);

  const all = [payments, sandbox, ledger];
  expect(await accountsInLetters(db, all, ['reminder', 'escalation'])).toEqual(new Set([payments, ledger]));
  expect(await accountsInLetters(db, [sandbox], ['alert'])).toEqual(new Set([sandbox]));
  expect(await accountsInLetters(db, [], ['alert'])).toEqual(new Set());
});

test('instances that claim at the same time share the letters, and no two write to the same person', async () => {
  for (let number = 0; number < 40; number += 1) {
    await post(db, aLetter(`letter ${number}`, { to: { kind: 'person', id: `U${number % 20}` } }), nine);
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
