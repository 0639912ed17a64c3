import {
  DescribeAccountCommand,
  DescribeOrganizationalUnitCommand,
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  ListParentsCommand,
  ListRootsCommand,
  ListTagsForResourceCommand,
  type OrganizationsClient,
  paginateListAccounts,
  paginateListTagsForResource,
} from '@aws-sdk/client-organizations';
import { expect, test } from '@jest/globals';
import type { AccountSetup } from '../src/organization.ts';
import { DELEGATED, MANAGEMENT, MEMBER, startSimulation } from './simulation.ts';

const MEMBERS: AccountSetup[] = [
  { id: MANAGEMENT, name: 'management' },
  { id: DELEGATED, name: 'security' },
  ...Array.from({ length: 43 }, (_, n) => ({ id: String(300000000000 + n), name: `member-${n}` })),
];

async function pagesOfAccounts(client: OrganizationsClient) {
  const pages = [];
  for await (const page of paginateListAccounts({ client }, {})) pages.push(page.Accounts ?? []);
  return pages;
}

test('accounts come twenty a page, each once', async () => {
  const { as } = await startSimulation({}, { accounts: MEMBERS });

  const pages = await pagesOfAccounts(as('delegated').organizations);

  expect(pages.map((page) => page.length)).toEqual([20, 20, 5]);
  expect(pages.flat().map((account) => account.Id)).toEqual(MEMBERS.map(({ id }) => id));
});

test('a page of accounts may come empty although more follow', async () => {
  const { as } = await startSimulation({}, { accounts: MEMBERS, settings: { emptyAccountsPage: 0 } });

  const pages = await pagesOfAccounts(as('management').organizations);

  expect(pages.map((page) => page.length)).toEqual([0, 20, 20, 5]);
});

test.each([{ MaxResults: 21 }, { NextToken: 'the next one' }])('%j is invalid input', async (input) => {
  const { as } = await startSimulation();

  const answer = as('management').organizations.send(new ListAccountsCommand(input));

  await expect(answer).rejects.toMatchObject({ name: 'InvalidInputException' });
});

test('an account has a State, or in the old days only a Status', async () => {
  const { as, organization } = await startSimulation({ state: 'PENDING_CLOSURE' });
  const { organizations } = as('management');
  const describe = async () => {
    const { Account } = await organizations.send(new DescribeAccountCommand({ AccountId: MEMBER }));
    return { State: Account?.State, Status: Account?.Status };
  };

  expect(await describe()).toEqual({ State: 'PENDING_CLOSURE', Status: undefined });

  organization.settings.legacyStatus = true;
  expect(await describe()).toEqual({ State: undefined, Status: 'PENDING_CLOSURE' });
});

test('an account’s name arrives as it was chosen', async () => {
  const { as, organization } = await startSimulation();

  organization.renameAccount(MEMBER, '<!channel> & "請求書"');

  const { Account } = await as('management').organizations.send(
    new DescribeAccountCommand({ AccountId: MEMBER }),
  );
  expect(Account?.Name).toBe('<!channel> & "請求書"');
});

test('the organization says who manages it, to any of its accounts', async () => {
  const { as, organization } = await startSimulation();

  const { Organization } = await as('member').organizations.send(new DescribeOrganizationCommand({}));

  expect(Organization).toMatchObject({ Id: organization.id, MasterAccountId: MANAGEMENT, FeatureSet: 'ALL' });
});

test('the list is for its administrators', async () => {
  const { as } = await startSimulation();
  const list = (caller: 'member' | 'powerless' | 'standalone') =>
    as(caller).organizations.send(new ListAccountsCommand({}));

  await expect(list('member')).rejects.toMatchObject({ name: 'AccessDeniedException' });
  await expect(list('powerless')).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('organizations:ListAccounts'),
  });
  await expect(list('standalone')).rejects.toMatchObject({ name: 'AWSOrganizationsNotInUseException' });
});

test('a unit is found from the root down and from the account up', async () => {
  const { as, organization } = await startSimulation({ orgUnit: '/Production/Payments' });
  const { organizations } = as('management');

  const { Roots = [] } = await organizations.send(new ListRootsCommand({}));
  const rootId = Roots[0]?.Id ?? '';
  const unitsIn = async (ParentId: string) => {
    const answer = await organizations.send(new ListOrganizationalUnitsForParentCommand({ ParentId }));
    return answer.OrganizationalUnits ?? [];
  };
  const [production] = await unitsIn(rootId);
  const [payments] = await unitsIn(production?.Id ?? '');
  const within = await organizations.send(new ListAccountsForParentCommand({ ParentId: payments?.Id ?? '' }));

  expect([production?.Name, payments?.Name]).toEqual(['Production', 'Payments']);
  expect(within.Accounts?.map((account) => account.Id)).toEqual([MEMBER]);

  const parentOf = async (ChildId: string) => {
    return (await organizations.send(new ListParentsCommand({ ChildId }))).Parents?.[0];
  };
  expect(await parentOf(MEMBER)).toEqual({ Id: payments?.Id, Type: 'ORGANIZATIONAL_UNIT' });
  expect(await parentOf(payments?.Id ?? '')).toEqual({ Id: production?.Id, Type: 'ORGANIZATIONAL_UNIT' });
  expect(await parentOf(production?.Id ?? '')).toEqual({ Id: rootId, Type: 'ROOT' });

  const described = await organizations.send(
    new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: payments?.Id ?? '' }),
  );
  expect(described.OrganizationalUnit?.Name).toBe('Payments');

  organization.moveToOrgUnit(MEMBER, '/');
  expect(await parentOf(MEMBER)).toEqual({ Id: rootId, Type: 'ROOT' });
});

test('tags come in pages and follow what is set', async () => {
  const tags = Object.fromEntries(Array.from({ length: 23 }, (_, n) => [`key-${n}`, `value-${n}`]));
  const { as, organization } = await startSimulation({ tags });
  const client = as('delegated').organizations;
  const read = async () => {
    const pages = [];
    for await (const page of paginateListTagsForResource({ client }, { ResourceId: MEMBER })) {
      pages.push(page.Tags ?? []);
    }
    return pages;
  };

  expect((await read()).map((page) => page.length)).toEqual([20, 3]);

  organization.setTag(MEMBER, 'owner', 'ana@example.com');
  organization.setTag(MEMBER, 'key-0', null);
  const now = (await read()).flat();
  expect(now).toContainEqual({ Key: 'owner', Value: 'ana@example.com' });
  expect(now).not.toContainEqual({ Key: 'key-0', Value: 'value-0' });
});

test('what is asked by an unknown id is not found', async () => {
  const { as } = await startSimulation();
  const { organizations } = as('management');
  const account = '999999999999';
  const unit = 'ou-none-nowhere00';

  await expect(organizations.send(new DescribeAccountCommand({ AccountId: account }))).rejects.toMatchObject({
    name: 'AccountNotFoundException',
  });
  await expect(
    organizations.send(new ListTagsForResourceCommand({ ResourceId: account })),
  ).rejects.toMatchObject({ name: 'AccountNotFoundException' });
  await expect(organizations.send(new ListParentsCommand({ ChildId: account }))).rejects.toMatchObject({
    name: 'ChildNotFoundException',
  });
  await expect(
    organizations.send(new ListAccountsForParentCommand({ ParentId: unit })),
  ).rejects.toMatchObject({ name: 'ParentNotFoundException' });
  await expect(
    organizations.send(new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: unit })),
  ).rejects.toMatchObject({ name: 'OrganizationalUnitNotFoundException' });
});
