import { beforeEach, expect, test } from '@jest/globals';
import { renderAdminAlert } from '../../../src/slack/views/alerts/admin-alert.ts';
import { reportRootEventFailure } from '../../../src/usecases/root-events/report-root-event-failure.ts';
import type { RootEventFailure } from '../../../src/usecases/shared/context.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import { notificationsIn } from '../../support/owners.ts';

const db = await testDatabase();
let time: Date;
let failure: RootEventFailure | null;

beforeEach(async () => {
  await emptyTables(db);
  time = new Date('2026-11-24T02:00:00Z');
  failure = { reason: 'Cannot receive root events: the queue does not exist', since: time };
});

const report = () =>
  reportRootEventFailure(aContext({ db, now: () => time, rootEventFailure: () => failure }));
const later = (minutes: number) => {
  time = new Date(time.getTime() + minutes * 60_000);
};
const alerts = async () => (await notificationsIn(db)).map(({ to, payload }) => ({ to, payload }));

test('a queue that cannot be read for ten minutes is reported in the channel, once', async () => {
  later(9);
  await report();
  expect(await alerts()).toEqual([]);

  later(1);
  await report();
  later(60);
  await report();

  expect(await alerts()).toMatchObject([
    {
      to: 'C01SECURITY',
      payload: {
        finding: 'root-events-not-received',
        reason: 'Cannot receive root events: the queue does not exist',
        since: '2026-11-24T02:00:00.000Z',
      },
    },
  ]);
});

test('once events arrive again the same message says so, and a queue that keeps failing is no second message that day', async () => {
  later(10);
  await report();
  failure = null;
  later(5);
  await report();

  expect(await alerts()).toMatchObject([{ payload: { resolvedAt: '2026-11-24T02:15:00.000Z' } }]);

  failure = { reason: 'access is denied', since: time };
  later(30);
  await report();
  expect(await alerts()).toHaveLength(1);

  later(24 * 60);
  await report();
  expect(await alerts()).toHaveLength(2);
});

test('the message says what is the case and what does not happen, and later that it is over', async () => {
  const alert = {
    kind: 'finding',
    finding: 'root-events-not-received',
    reason: 'Cannot receive root events: <the queue> does not exist',
    since: '2026-11-24T02:00:00.000Z',
  } as const;

  const { text } = renderAdminAlert(alert);
  expect(text).toContain('No root events arrive since');
  expect(text).toContain('&lt;the queue&gt; does not exist');
  expect(text).toContain('I do not notice when root is used');
  expect(renderAdminAlert({ ...alert, resolvedAt: '2026-11-24T02:15:00.000Z' }).text).toContain(
    'Root events arrive again',
  );
});

test('a bot without a queue reports nothing', async () => {
  await reportRootEventFailure(aContext({ db, now: () => time }));

  expect(await alerts()).toEqual([]);
});
