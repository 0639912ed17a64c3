import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { alertChannels } from '../../../src/usecases/shared/alert-channels.ts';
import type { Context } from '../../../src/usecases/shared/context.ts';
import { aVerdict } from '../../support/builders.ts';
import { aContext } from '../../support/context.ts';
import { emptyTables, testDatabase } from '../../support/database.ts';
import {
  notificationsIn,
  SECURITY_KEY_VERDICT,
  saveAccountsOf,
  saveScanResult,
} from '../../support/owners.ts';

const db = await testDatabase();
const PARTS = [
  { channel: 'C02DATA', orgUnits: ['/Data/**'] },
  { channel: 'C03LAKE', orgUnits: ['/Data/Lake', '/Lake'] },
  { channel: 'C01SECURITY', orgUnits: ['/Security'] },
];

describe('an alert goes to', () => {
  test.each([
    ['the channel of the company', '/Production', ['C01SECURITY']],
    [
      'that of every part that the account belongs to, too',
      '/Data/Lake',
      ['C01SECURITY', 'C02DATA', 'C03LAKE'],
    ],
    ['one channel once', '/Security', ['C01SECURITY']],
    ['the company alone where the org unit is unknown', null, ['C01SECURITY']],
  ])('%s', (_, orgUnit, expected) => {
    const channels = alertChannels({ digest: 'C01SECURITY', parts: PARTS }, orgUnit);

    expect(channels.map(({ id }) => id)).toEqual(expected);
  });

  test('the part where the company has no channel', () => {
    expect(alertChannels({ digest: null, parts: PARTS }, '/Data')).toEqual([
      { kind: 'channel', id: 'C02DATA' },
    ]);
    expect(alertChannels({ digest: null }, '/Data')).toEqual([]);
  });
});

describe('MFA that is removed', () => {
  let time: Date;
  let ctx: Context;
  const alerts = async () =>
    (await notificationsIn(db)).flatMap(({ to, payload }) =>
      payload.kind === 'alert'
        ? [{ to, account: payload.account.name, fixed: payload.fixedAt !== undefined }]
        : [],
    );

  beforeEach(async () => {
    await emptyTables(db);
    time = new Date('2026-11-02T08:00Z');
    const channels = { digest: 'C01SECURITY', tokens: null, channelBlockReason: async () => undefined };
    ctx = aContext({
      db,
      config: parseConfig('policy: { level: 2 }'),
      now: () => time,
      channels: { ...channels, parts: PARTS },
    });
  });

  test('is in the channel of its org unit as well, and fixed there as well', async () => {
    const data = await saveAccountsOf(db, 1, { owner: 'ana', id: 100, orgUnit: '/Data/Warehouse' }, time);
    const others = await saveAccountsOf(db, 1, { owner: 'ben', id: 200, orgUnit: '/Sandbox' }, time);
    await saveScanResult(ctx, [...data, ...others], SECURITY_KEY_VERDICT);
    time = new Date('2026-11-03T08:00Z');
    await saveScanResult(ctx, [...data, ...others], aVerdict());

    expect(await alerts()).toEqual([
      { to: 'C01SECURITY', account: 'ana-01', fixed: false },
      { to: 'C01SECURITY', account: 'ben-01', fixed: false },
      { to: 'C02DATA', account: 'ana-01', fixed: false },
    ]);

    time = new Date('2026-11-04T08:00Z');
    await saveScanResult(ctx, data, SECURITY_KEY_VERDICT);

    expect((await alerts()).filter(({ fixed }) => fixed).map(({ to }) => to)).toEqual([
      'C01SECURITY',
      'C02DATA',
    ]);
  });
});
