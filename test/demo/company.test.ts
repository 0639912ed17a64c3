import { describe, expect, test } from '@jest/globals';
import { CHANNELS, demoCompany, organizationOf, PARTNER_TEAM_ID, PEOPLE } from '../../src/demo/company.ts';
import { isAccountId } from '../../src/domain/account.ts';
import { judge } from '../../src/domain/judge/judge.ts';
import { collectEvidence } from './evidence.ts';
import { startSimulatedClients } from './simulated-clients.ts';

const company = demoCompany();

describe.each([
  ['live', false],
  ['and with credential reports', true],
] as const)('asked %s', (_how, withReport) => {
  test.each(company.accounts.map((account) => [account.name, account] as const))(
    '%s',
    async (_name, account) => {
      const clients = await startSimulatedClients(company.organization);

      const evidence = await collectEvidence(clients, account.id, { withReport });

      const expected = (withReport && account.expectedWithReports) || account.expected;
      expect(judge(evidence)).toMatchObject(expected);
    },
  );
});

test('the company shows every verdict there is, in every way of knowing it', () => {
  const formatVerdict = company.accounts.flatMap((account) =>
    [account.expected, account.expectedWithReports ?? []].flat(),
  );
  const words = new Set(formatVerdict.map(({ mfa, confidence }) => `${mfa} ${confidence}`));

  expect([...words].sort()).toEqual([
    'fido observed',
    'hardware observed',
    'mixed inferred',
    'mixed observed',
    'no_credentials observed',
    'no_credentials stale',
    'no_password observed',
    'non_virtual inferred',
    'none observed',
    'none stale',
    'not_applicable none',
    'unknown conflict',
    'unknown none',
    'unknown observed',
    'unknown stale',
    'virtual observed',
  ]);
});

test('there is more than a page of accounts, in nested units, with difficult names', () => {
  const names = company.accounts.map(({ name }) => name);
  const units = new Set(company.accounts.map(({ orgUnit }) => orgUnit));

  expect(company.accounts.length).toBeGreaterThanOrEqual(24);
  expect(units.size).toBeGreaterThanOrEqual(6);
  expect(units).toContain('/Production/Payments');
  expect(names).toContain('<!channel> & *friends*');
  expect(names.some((name) => /\p{Script=Han}/u.test(name))).toBe(true);
  // As long as Organizations lets a name be.
  expect(Math.max(...names.map((name) => name.length))).toBe(50);
});

test('every account has an id of its own, and some begin with a zero', () => {
  const ids = company.accounts.map(({ id }) => id);

  expect(ids.every(isAccountId)).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.some((id) => id.startsWith('0'))).toBe(true);
});

test('Ana owns fourteen accounts, Ben one, and two have no owner', () => {
  const ownedBy = (email: string | null) => company.accounts.filter(({ ownerEmail }) => ownerEmail === email);

  expect(ownedBy(PEOPLE.ana.email)).toHaveLength(14);
  expect(ownedBy(PEOPLE.ben.email)).toHaveLength(1);
  expect(ownedBy(null)).toHaveLength(2);
});

test('an owner is written down in a tag or as the security contact, and is one of the cast', () => {
  const known = new Map(
    company.people.flatMap(({ id, email }) => [
      [id, email],
      [email, email],
    ]),
  );

  for (const { name, tags = {}, contacts = {}, ownerEmail } of company.accounts) {
    const writtenDown = Object.values(tags)[0] ?? contacts.SECURITY?.email ?? null;
    expect([name, writtenDown && known.get(writtenDown)]).toEqual([name, ownerEmail]);
  }
});

test('someone has left, someone is away, someone is a guest, and someone is from elsewhere', () => {
  expect(PEOPLE.frank.kind).toBe('deactivated');
  expect(PEOPLE.emi.status).not.toBeNull();
  expect(PEOPLE.gus.kind).toBe('guest');
  expect(PEOPLE.xena).toMatchObject({ kind: 'external', teamId: PARTNER_TEAM_ID });
  expect(Object.values(CHANNELS).filter((channel) => channel.externallyShared)).toEqual([CHANNELS.shared]);
});

test('each organization made of the company is its own', () => {
  const [first, second] = [organizationOf(company), organizationOf(company)];

  first.removeMfa('111122223333');

  expect(first.account('111122223333').root.devices).toHaveLength(0);
  expect(second.account('111122223333').root.devices).toHaveLength(1);
});
