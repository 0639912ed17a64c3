import { expect, test } from '@jest/globals';
import { organizationOf } from '../../src/demo/company.ts';
import { syntheticCompany } from '../../src/demo/synthetic-company.ts';
import { isAccountId } from '../../src/domain/account.ts';
import { judge } from '../../src/domain/judge/judge.ts';
import { collectEvidence } from './evidence.ts';
import { startSimulatedClients } from './simulated-clients.ts';

test('it is the same company each time', () => {
  expect(syntheticCompany(300)).toEqual(syntheticCompany(300));
});

test('ten thousand accounts have ids of their own', () => {
  const ids = syntheticCompany(10_000).accounts.map(({ id }) => id);

  expect(new Set(ids).size).toBe(10_000);
  expect(ids.every(isAccountId)).toBe(true);
});

test('the mix is realistic: most have MFA, some have none, a few cannot be looked at', () => {
  const { accounts } = syntheticCompany(1000);
  const share = (mfa: string) =>
    accounts.filter(({ expected }) => expected.mfa === mfa).length / accounts.length;

  expect(share('fido')).toBeCloseTo(0.42, 1);
  expect(share('none')).toBeCloseTo(0.09, 1);
  expect(share('unknown')).toBeGreaterThan(0);
  expect(share('unknown')).toBeLessThan(0.01);
});

test('a scan of every sort finds what is expected', async () => {
  const company = syntheticCompany(1000);
  const oneOfEach = new Map(company.accounts.map((account) => [account.story, account]));
  const clients = await startSimulatedClients(company.organization);

  for (const { id, story, expected } of oneOfEach.values()) {
    expect([story, judge(await collectEvidence(clients, id))]).toMatchObject([story, expected]);
  }
});

test('half a company cannot be made', () => {
  expect(() => syntheticCompany(0.5)).toThrow('expected a whole number');
  expect(organizationOf(syntheticCompany(1)).accountIds).toHaveLength(1);
});
