import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import type { Account } from '../../../src/domain/account.ts';
import { coverageOf } from '../../../src/domain/coverage.ts';
import type { DigestNotification } from '../../../src/domain/notification.ts';
import { slackUserId } from '../../../src/domain/person.ts';
import { renderDigest } from '../../../src/slack/views/digest/digest.ts';
import { saveRegisteredKey } from '../../../src/store/registered-keys.ts';
import { createScan, finishScan } from '../../../src/store/scans.ts';
import { sendDigest } from '../../../src/usecases/digest/send-digest.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { readAccounts } from '../../../src/usecases/shared/read-accounts.ts';
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
import { aRegisteredKey } from '../../support/registered-keys.ts';

const db = await testDatabase();
const NO_MFA = aVerdict();
const DAY_MS = 24 * 60 * 60_000;
const MONDAY = new Date('2026-11-16T09:00Z');
const NEXT_MONDAY = new Date('2026-11-23T09:00Z');
const settings = 'slack: { channel: C01SECURITY }';

let time: Date;
let ctx: Context;
let first: Account;
let second: Account;
let third: Account;

/** A company of Ana's three accounts: no MFA, an app, a key. */
async function setUpCompany(yaml = settings): Promise<void> {
  ctx = aContext({ db, config: parseConfig(yaml), now: () => time, admins: [slackUserId('U01SAM')] });
  const accounts = await saveAccountsOf(db, 3, { owner: 'ana', id: 111 }, time);
  [first, second, third] = accounts as [Account, Account, Account];
  await saveScanResult(ctx, [first], NO_MFA);
  await saveScanResult(ctx, [second], APP_VERDICT);
  await saveScanResult(ctx, [third], SECURITY_KEY_VERDICT);
}

/** A scan is remembered with the coverage that it found. */
async function saveScan(): Promise<void> {
  const { id } = await createScan(db, { startedBy: 'schedule', at: time });
  const coverage = coverageOf(await readAccounts(ctx));
  await finishScan(db, id, { at: time, accounts: 3, unread: 0, coverage });
}

async function digests(): Promise<{ key: string; to: string; digest: DigestNotification['digest'] }[]> {
  return (await notificationsIn(db)).flatMap(({ key, to, payload }) =>
    payload.kind === 'digest' ? [{ key, to, digest: payload.digest }] : [],
  );
}

beforeEach(async () => {
  await emptyTables(db);
  time = new Date(MONDAY.getTime() - DAY_MS);
  await savePeopleOf(db, aPerson('ana'), aPerson('sam'));
  await setUpCompany();
  await saveScan();
  time = MONDAY;
});

describe('the first digest', () => {
  test('goes to the channel once, however often it is enqueued', async () => {
    await sendDigest(ctx, { dueAt: MONDAY });
    await sendDigest(ctx, { dueAt: MONDAY });

    expect(await digests()).toMatchObject([
      {
        key: 'digest/2026-W47',
        to: 'C01SECURITY',
        digest: { headline: { sentence: '1 of 3 accounts is non-compliant.' }, hoursLate: null },
      },
    ]);
  });

  test('says that it is late, and how old its reading is, when the bot was down', async () => {
    time = new Date(MONDAY.getTime() + 30 * 60 * 60_000);

    await sendDigest(ctx, { dueAt: MONDAY });

    expect((await digests())[0]?.digest).toMatchObject({
      week: '2026-W47',
      hoursLate: 30,
      reading: { old: true, hoursOld: 54 },
    });
  });
});

describe('figures by group', () => {
  test.each([
    ['orgUnit', '*By org unit*', '*/Production*: 2 of 3 accounts non-compliant'],
    ['tag:owner', '*By owner*', '*ana@example.com*: 2 of 3 accounts non-compliant'],
  ])('are shown where the company groups by %s', async (groupBy, title, line) => {
    await setUpCompany(`${settings}\npolicy: { level: 2 }\ndigest: { groupBy: "${groupBy}" }`);

    await sendDigest(ctx, { dueAt: MONDAY });

    const [{ digest } = { digest: undefined }] = await digests();
    const shown = digest && JSON.stringify(renderDigest(digest).blocks);
    expect(shown).toContain(title);
    expect(shown).toContain(line);
  });
});

describe('a channel of a part of the company', () => {
  test('gets a digest of its accounts alone, with figures of its own', async () => {
    const parts = [{ channel: 'C02DATA', orgUnits: ['/Data/**'] }];
    ctx = { ...ctx, channels: { ...ctx.channels, parts } };
    const inData = await saveAccountsOf(db, 1, { owner: 'ana', id: 222, orgUnit: '/Data/Lake' }, time);
    await saveScanResult(ctx, inData, NO_MFA);

    await sendDigest(ctx, { dueAt: MONDAY });
    await sendDigest(ctx, { dueAt: MONDAY });

    expect((await digests()).map(({ key, to, digest }) => [key, to, digest.headline.sentence])).toEqual([
      ['digest/2026-W47', 'C01SECURITY', expect.stringContaining('2 of 4 accounts')],
      ['digest/2026-W47/C02DATA', 'C02DATA', expect.stringContaining('1 of 1 account')],
    ]);
  });
});

describe('a week later', () => {
  test('removed MFA comes first, and people who fixed something are thanked by name', async () => {
    await sendDigest(ctx, { dueAt: MONDAY });
    time = new Date(MONDAY.getTime() + 3 * DAY_MS);
    await saveScanResult(ctx, [first], SECURITY_KEY_VERDICT);
    await saveScanResult(ctx, [third], NO_MFA);
    await saveScan();
    time = NEXT_MONDAY;

    await sendDigest(ctx, { dueAt: NEXT_MONDAY });

    const [, { digest } = { digest: undefined }] = await digests();
    expect(digest).toMatchObject({
      headline: { kind: 'worse' },
      regressed: { count: 1, items: [{ id: third.id, mfa: 'none' }] },
      fixed: { count: 1, items: [{ id: first.id, was: 'none', owner: 'U03ANA' }] },
      coverage: { level1: { lastWeek: { percent: '66%' }, now: { percent: '66%' } } },
    });
  });

  test('headline, comparison and chart agree, although a scan in between found other figures', async () => {
    await sendDigest(ctx, { dueAt: MONDAY });
    time = new Date(MONDAY.getTime() + 3 * DAY_MS);
    await saveScanResult(ctx, [first], SECURITY_KEY_VERDICT);
    await saveScan();
    time = new Date(MONDAY.getTime() + 6 * DAY_MS);
    await saveScanResult(ctx, [first], NO_MFA);
    time = NEXT_MONDAY;

    await sendDigest(ctx, { dueAt: NEXT_MONDAY });

    const [before, after] = (await digests()).map(({ digest }) => digest);
    const chart = after?.trend.map(({ week, level1 }) => `${week} ${Math.floor((level1 ?? 0) * 100)}%`);
    expect(before?.coverage.level1.now.percent).toBe('66%');
    expect(after?.coverage.level1).toMatchObject({ lastWeek: { percent: '66%' }, now: { percent: '66%' } });
    expect(chart?.slice(-2)).toEqual(['2026-W47 66%', '2026-W48 66%']);
  });

  test('findings about keys are counted where they changed, and left out where they did not', async () => {
    await sendDigest(ctx, { dueAt: MONDAY });
    time = NEXT_MONDAY;
    const spare = aRegisteredKey({ accountId: third.id, role: 'spare', addedAt: MONDAY });
    await saveRegisteredKey(db, spare);

    await sendDigest(ctx, { dueAt: NEXT_MONDAY });
    await sendDigest(ctx, { dueAt: NEXT_MONDAY });

    time = new Date(NEXT_MONDAY.getTime() + 7 * DAY_MS);
    await sendDigest(ctx, { dueAt: time });
    expect((await digests()).map(({ digest }) => digest.keyFindings)).toEqual([
      undefined,
      { added: 0, resolved: 1 },
      undefined,
    ]);
  });

  test('an account whose owner left is reported', async () => {
    await savePeopleOf(db, aPerson('ana', { kind: 'deactivated' }));

    await sendDigest(ctx, { dueAt: MONDAY });

    expect((await digests())[0]?.digest.withoutOwner).toMatchObject({
      count: 3,
      items: [{ gap: 'left' }, {}, {}],
    });
  });

  test('an account whose owner leaves later is reported once, and counted as unchanged only after that', async () => {
    await sendDigest(ctx, { dueAt: MONDAY });
    await savePeopleOf(db, aPerson('ana', { kind: 'deactivated' }));
    for (const week of [1, 2]) {
      time = new Date(MONDAY.getTime() + 7 * week * DAY_MS);
      await sendDigest(ctx, { dueAt: time });
    }

    expect(
      (await digests()).map(({ digest }) => [digest.withoutOwner.count, digest.unchanged?.withoutOwner]),
    ).toEqual([
      [0, undefined],
      [3, 0],
      [0, 3],
    ]);
  });
});

describe('where it may not go', () => {
  test('a channel that another company reads gets nothing: every admin does, with the reason', async () => {
    const shared = {
      ...ctx,
      channels: { ...ctx.channels, channelBlockReason: async () => 'It is shared with another company.' },
    };

    expect(await sendDigest(shared, { dueAt: MONDAY })).toMatchObject({ kind: 'to-admins', admins: 1 });

    expect((await notificationsIn(db)).map(({ key, to }) => [key, to])).toEqual([
      ['finding/digest-channel-shared/C01SECURITY/2026-W47/U01SAM', 'U01SAM'],
      ['digest/2026-W47/U01SAM', 'U01SAM'],
    ]);
  });

  test('without a channel nothing is enqueued', async () => {
    const withoutChannel = { ...ctx, channels: { ...ctx.channels, digest: null } };

    expect(await sendDigest(withoutChannel, { dueAt: MONDAY })).toEqual({ kind: 'no-channel' });
    expect(await notificationsIn(db)).toEqual([]);
  });

  test('while Slack cannot say who reads a channel, nothing is enqueued, and it is retried', async () => {
    const unreachableSlack = {
      ...ctx,
      channels: {
        ...ctx.channels,
        channelBlockReason: () => Promise.reject(new Error('Slack is not there')),
      },
    };

    await expect(sendDigest(unreachableSlack, { dueAt: MONDAY })).rejects.toThrow('Slack is not there');
    expect(await notificationsIn(db)).toEqual([]);
  });
});

describe('where everything is met and the company wants no digest then', () => {
  test('a line once a month says so', async () => {
    await emptyTables(db);
    await savePeopleOf(db, aPerson('ana'));
    await setUpCompany(`${settings}\ndigest: { whenAllMet: skip }`);
    await saveScanResult(ctx, [first], SECURITY_KEY_VERDICT);
    const outcomes: unknown[] = [];

    for (let week = 0; week < 6; week += 1) {
      time = new Date(MONDAY.getTime() + week * 7 * DAY_MS);
      await saveScan();
      outcomes.push(await sendDigest(ctx, { dueAt: time }));
    }

    expect(outcomes.map((outcome) => (outcome as { notePosted?: boolean }).notePosted)).toEqual([
      true,
      false,
      false,
      false,
      true,
      false,
    ]);
  });
});
