import { expect, test } from '@jest/globals';
import { createPersonLimit, createPersonLimits } from '../../src/slack/person-limit.ts';

const MINUTE = 60_000;

test('a person can start a limited number in a period, and others are not affected', () => {
  let now = new Date('2026-11-24T09:00:00Z');
  const limit = createPersonLimit({ max: 2, perMs: 10 * MINUTE, now: () => now });

  expect(limit.tryStart('U03ANA')).toBeUndefined();
  now = new Date(now.getTime() + MINUTE);
  expect(limit.tryStart('U03ANA')).toBeUndefined();
  expect(limit.tryStart('U03ANA')).toEqual(new Date('2026-11-24T09:10:00Z'));
  expect(limit.tryStart('U04BEN')).toBeUndefined();

  now = new Date('2026-11-24T09:10:00Z');
  expect(limit.tryStart('U03ANA')).toBeUndefined();
});

test('a clock that is set back locks no one out', () => {
  let now = new Date('2031-01-01T00:00:00Z');
  const limit = createPersonLimit({ max: 1, perMs: 10 * MINUTE, now: () => now });
  limit.tryStart('U03ANA');

  now = new Date('2026-11-24T09:00:00Z');

  expect(limit.tryStart('U03ANA')).toBeUndefined();
});

test('exports of all people run one after the other, also after one that failed', async () => {
  const { exportInTurn } = createPersonLimits(() => new Date());
  const steps: string[] = [];
  const anExport = (name: string) => async () => {
    steps.push(`${name} begins`);
    await new Promise(setImmediate);
    steps.push(`${name} ends`);
  };
  const failing = exportInTurn(async () => {
    throw new Error('Slack took no file');
  });

  await Promise.all([
    expect(failing).rejects.toThrow('Slack took no file'),
    exportInTurn(anExport('first')),
    exportInTurn(anExport('second')),
  ]);

  expect(steps).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
});
