import { beforeEach, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { notificationsAbout } from '../../../src/store/outbox.ts';
import { savePeople } from '../../../src/store/people.ts';
import { findOpenRemovalRequest } from '../../../src/store/removal-requests.ts';
import { saveObservations } from '../../../src/store/verdicts.ts';
import { assignRemoval } from '../../../src/usecases/removal-requests/assign-removal.ts';
import { followUpRemovals } from '../../../src/usecases/removal-requests/follow-up-removals.ts';
import { requestRemoval } from '../../../src/usecases/removal-requests/request-removal.ts';
import { withdrawRemoval } from '../../../src/usecases/removal-requests/withdraw-removal.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { anAccount, aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';

const db = await testDatabase();
const account = anAccount({ name: 'payments-prod' });
const config = parseConfig(`
owners: { accounts: { "${account.id}": ana@example.com } }
schedule: { timezone: UTC }
`);
const ana = { id: slackUserId('U03ANA'), admin: false };
const sam = { id: slackUserId('U01SAM'), admin: true };
const chloe = { id: slackUserId('U02CHLOE'), admin: true };
let time: Date;
let ctx: Context;

beforeEach(async () => {
  await emptyTables(db);
  time = new Date('2026-11-24T10:00:00Z');
  ctx = aContext({ db, config, admins: [sam.id, chloe.id], now: () => time });
  const person = { teamId: 'T0HOME', timeZone: null, kind: 'member', awayUntil: null, readAt: time } as const;
  await savePeople(db, [{ ...person, slackId: ana.id, name: 'Ana', email: 'ana@example.com' }]);
  await saveObservations(db, null, [{ account, verdict: aVerdict(), errors: [], checkedAt: time }]);
});

const request = () => requestRemoval(ctx, { accountId: account.id }, ana);
const openId = async () => (await findOpenRemovalRequest(db, account.id))?.id ?? '';
const recipients = async () => (await notificationsAbout(db, account.id)).map(({ to }) => to.id).sort();

test('without a channel every admin is asked', async () => {
  ctx = { ...ctx, channels: { ...ctx.channels, digest: null, tokens: null } };

  expect(await request()).toEqual({ kind: 'requested' });

  expect(await recipients()).toEqual([sam.id, chloe.id]);
});

test('without a channel and an admin the requester reads that there is no one to ask', async () => {
  ctx = aContext({ db, config, now: () => time, channels: { ...ctx.channels, digest: null, tokens: null } });

  expect(await request()).toEqual({ kind: 'no-admin' });
});

test('only the requester withdraws it, and an account can be asked for again', async () => {
  await request();
  const id = await openId();

  expect((await withdrawRemoval(ctx, { id }, sam)).kind).toBe('not-yours');
  expect((await withdrawRemoval(ctx, { id }, ana)).kind).toBe('withdrawn');
  expect((await withdrawRemoval(ctx, { id }, ana)).kind).toBe('too-late');
  expect((await assignRemoval(ctx, { id }, sam)).kind).toBe('withdrawn');
  expect(await request()).toEqual({ kind: 'requested' });
});

test('every admin is told about a waiting request, and then the one who took it on', async () => {
  await request();
  time = new Date('2026-11-27T10:00:00Z');
  expect(await followUpRemovals(ctx)).toBe(1);
  expect(await followUpRemovals(ctx)).toBe(0);
  expect(await recipients()).toEqual(['C01SECURITY', sam.id, chloe.id]);

  await assignRemoval(ctx, { id: await openId() }, sam);
  time = new Date('2026-12-07T10:00:00Z');
  expect(await followUpRemovals(ctx)).toBe(1);

  expect(await recipients()).toEqual(['C01SECURITY', sam.id, sam.id, chloe.id, ana.id]);
});
