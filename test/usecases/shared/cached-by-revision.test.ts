import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import type { Decisions } from '../../../src/store/decision-cache.ts';
import { type Basis, keptWhileSame } from '../../../src/usecases/shared/cached-by-revision.ts';
import { aGranted } from '../../support/exemptions.ts';

const NOTHING_DECIDED: Decisions = {
  exemptions: new Map(),
  tokenRequests: new Map(),
  attestations: new Map(),
  reminders: new Map(),
};
const config = parseConfig('{}');
const nine = new Date('2026-11-24T09:00:00Z');
const ten = new Date('2026-11-24T10:00:00Z');
const aBasis: Basis = { accounts: [], outlook: { config, decisions: NOTHING_DECIDED }, at: nine };

/** Work that says the how-manieth time it was done. */
function counting(): (basis: Basis) => Promise<number> {
  let times = 0;
  return keptWhileSame(async () => {
    times += 1;
    return times;
  });
}

test('what is asked again while nothing changed is not worked out again', async () => {
  const work = counting();
  expect(await work(aBasis)).toBe(1);
  expect(await work({ ...aBasis, at: ten })).toBe(1);
});

test.each<[string, Partial<Basis>]>([
  ['an account changed', { accounts: [] }],
  ['a decision was taken', { outlook: { config, decisions: { ...NOTHING_DECIDED } } }],
  ['the configuration is another', { outlook: { config: parseConfig('{}'), decisions: NOTHING_DECIDED } }],
  ['something else is asked', { asked: 'since yesterday' }],
  ['the clock went back', { at: new Date('2026-11-24T08:00:00Z') }],
])('it is worked out anew when %s', async (_, other) => {
  const work = counting();
  await work(aBasis);
  expect(await work({ ...aBasis, ...other })).toBe(2);
});

test('it is worked out anew once leave has run out', async () => {
  const granted = { ...aGranted(), endsAt: ten };
  const decisions = { ...NOTHING_DECIDED, exemptions: new Map([[granted.accountId, granted]]) };
  const work = counting();
  const basis = { ...aBasis, outlook: { config, decisions } };
  expect(await work(basis)).toBe(1);
  expect(await work({ ...basis, at: new Date(ten.getTime() - 1) })).toBe(1);
  expect(await work({ ...basis, at: ten })).toBe(2);
});

test('work that failed is tried again', async () => {
  let fails = true;
  const work = keptWhileSame(async () => {
    if (fails) throw new Error('the first time');
    return 'done';
  });
  await expect(work(aBasis)).rejects.toThrow('the first time');
  fails = false;
  expect(await work(aBasis)).toBe('done');
});
