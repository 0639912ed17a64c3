import { expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import type { Decisions } from '../../../src/store/decision-cache.ts';
import { cachedByRevision, type RevisionInputs } from '../../../src/usecases/shared/cached-by-revision.ts';
import { aGrantedExemption } from '../../support/exemptions.ts';

const NO_DECISIONS: Decisions = {
  exemptions: new Map(),
  tokenRequests: new Map(),
  ownerAssignments: new Map(),
  attestations: new Map(),
  reminders: new Map(),
  mfaRemovals: new Set<never>(),
  recoveryWindows: new Map(),
};
const config = parseConfig('{}');
const nine = new Date('2026-11-24T09:00:00Z');
const ten = new Date('2026-11-24T10:00:00Z');
const someInputs: RevisionInputs = {
  accounts: [],
  viewInputs: { config, decisions: NO_DECISIONS },
  at: nine,
};

/** Work that says the how-manieth time it was done. */
function countingComputation(): (basis: RevisionInputs) => Promise<number> {
  let times = 0;
  return cachedByRevision(async () => {
    times += 1;
    return times;
  });
}

test('a second request without a change computes nothing', async () => {
  const compute = countingComputation();
  expect(await compute(someInputs)).toBe(1);
  expect(await compute({ ...someInputs, at: ten })).toBe(1);
});

test.each<[string, Partial<RevisionInputs>]>([
  ['an account changed', { accounts: [] }],
  ['a decision was taken', { viewInputs: { config, decisions: { ...NO_DECISIONS } } }],
  ['the configuration is another', { viewInputs: { config: parseConfig('{}'), decisions: NO_DECISIONS } }],
  ['something else is asked', { extraKey: 'since yesterday' }],
  ['the clock went back', { at: new Date('2026-11-24T08:00:00Z') }],
])('it is computed again when %s', async (_, other) => {
  const compute = countingComputation();
  await compute(someInputs);
  expect(await compute({ ...someInputs, ...other })).toBe(2);
});

test('it is computed again once an exemption ended', async () => {
  const granted = { ...aGrantedExemption(), endsAt: ten };
  const decisions = { ...NO_DECISIONS, exemptions: new Map([[granted.accountId, granted]]) };
  const compute = countingComputation();
  const inputs = { ...someInputs, viewInputs: { config, decisions } };
  expect(await compute(inputs)).toBe(1);
  expect(await compute({ ...inputs, at: new Date(ten.getTime() - 1) })).toBe(1);
  expect(await compute({ ...inputs, at: ten })).toBe(2);
});

test('work that failed is tried again', async () => {
  let fails = true;
  const compute = cachedByRevision(async () => {
    if (fails) throw new Error('the first time');
    return 'done';
  });
  await expect(compute(someInputs)).rejects.toThrow('the first time');
  fails = false;
  expect(await compute(someInputs)).toBe('done');
});
