import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { type SimulatedAws, SimulatedOrganization, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { actionsOf, readTemplate, type Stack } from '../../deploy/lint/template.ts';
import type { CollectorConfig } from '../../src/aws/collector.ts';
import { demoCompany, organizationOf } from '../../src/demo/company.ts';
import { COMPANY_POLICIES } from '../../src/demo/company-policies.ts';
import { READER_ROLE } from '../../src/demo/roles.ts';
import type { AccountObservation } from '../../src/domain/scan.ts';
import { aCollector, observeAll } from '../support/aws.ts';

const PRINCIPAL = 'arn:aws:iam::111122223333:role/RootMfaBot';

const read = (path: string) => readFileSync(new URL(`../../deploy/aws/${path}`, import.meta.url), 'utf8');
const readerRole = (parameters: Record<string, string> = {}) =>
  readTemplate(read('cloudformation/reader-role.yaml'), { TrustedPrincipalArn: PRINCIPAL, ...parameters });
const memberRole = (parameters: Record<string, string> = {}) =>
  readTemplate(read('cloudformation/member-role.yaml'), { ReaderPrincipalArn: PRINCIPAL, ...parameters });

const allowedBy = ({ reader, member }: Roles) => actionsOf([...reader.permissions, ...member.permissions]);
const sorted = (actions: readonly string[]) => [...new Set(actions)].sort();

const formatVerdicts = (observations: ReadonlyMap<string, AccountObservation>) =>
  [...observations].map(([name, { verdict }]) => [name, verdict.mfa, verdict.confidence]).sort();

/** AWS asks no permission for it: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const ASKS_NO_PERMISSION = 'sts:GetCallerIdentity';
/** What the audit policy of a root session allows beside what the member role allows too. */
const ALLOWED_BY_AUDIT_POLICY = 'iam:ListMFADevices';

const running: SimulatedAws[] = [];
afterAll(async () => {
  for (const aws of running) await aws.close();
});

// Throttled accounts of the company are asked again with back-off, as in a real scan.
jest.setTimeout(120_000);

interface Roles {
  readonly reader: Stack;
  readonly member: Stack;
}

/** A collector that is let into an organization by these roles, and by nothing else. */
async function collectorBy(
  roles: Roles | 'everything',
  organization: SimulatedOrganization,
  botAccount: string,
  over: Partial<CollectorConfig> = {},
) {
  const member = roles === 'everything' ? roles : actionsOf(roles.member.permissions);
  const reader = roles === 'everything' ? roles : actionsOf(roles.reader.permissions);
  for (const { id, roles: had } of organization.accounts) {
    const hasReader = had.some(({ name }) => name === 'RootMfaReader');
    organization.setRoles(id, [
      ...(hasReader ? [{ name: 'RootMfaReader', allows: member }] : []),
      ...(id === botAccount ? [{ name: 'RootMfaBot', allows: reader }] : []),
    ]);
  }
  const aws = await startSimulatedAws({ organization });
  running.push(aws);
  const managementRoleArn = `arn:aws:iam::${botAccount}:role/RootMfaBot`;
  const caller = botAccount === organization.managementAccountId ? 'management' : 'delegated';
  const collector = await aCollector(aws, { managementRoleArn, ...over }, { caller });
  return { collector, called: () => Object.keys(aws.calls.byCall) };
}

/** Reads the whole company by these roles, and tells what was called. */
async function scanBy(
  roles: Roles | 'everything',
  over: Partial<CollectorConfig> = {},
  from: 'management' | 'delegated' = 'management',
) {
  const company = demoCompany();
  const organization = organizationOf(company);
  const { managementAccountId, delegatedAccountId } = organization;
  const botAccount = from === 'management' ? managementAccountId : String(delegatedAccountId);
  const { collector, called } = await collectorBy(roles, organization, botAccount, over);

  // The first look has the reports made, the next one finds them.
  if (over.credentialReports) await observeAll(collector);
  const observations = await observeAll(collector);
  return { company, readings: observations, called: called() };
}

/** Reads org units, tags and contacts of a small organization by these roles: large ones take their time. */
async function directoryBy(roles: Roles) {
  const [management, member] = ['100000000001', '100000000003'];
  const organization = new SimulatedOrganization({
    managementAccountId: management,
    defaultRoles: [READER_ROLE],
    accounts: [
      { id: management, name: 'management' },
      { id: member, name: 'member', orgUnit: '/Production' },
    ],
    serviceControlPolicies: COMPANY_POLICIES.filter(({ name }) => name === 'regions').map((policy) => ({
      ...policy,
      targets: ['/Production'],
    })),
  });
  const { collector, called } = await collectorBy(roles, organization, management);

  const observations = await observeAll(collector);
  const accounts = [...observations.values()].map(({ account }) => account);
  const facts = { orgUnits: true, tags: true, contacts: true } as const;
  const single = collector.directory({ ...facts, guardrails: 'accounts' });
  single.learn(accounts);
  await single.finish();
  const directory = collector.directory({ ...facts, guardrails: 'organization' });
  directory.learn(accounts);
  const { entries, errors } = await directory.finish();
  return { entries: [...entries.values()], errors, called: called() };
}

test.each(['management', 'delegated'] as const)(
  'root sessions first, from the %s account: the roles allow what a scan calls, and nothing else',
  async (from) => {
    const roles = { reader: readerRole(), member: memberRole() };

    const { company, readings: observations, called } = await scanBy(roles, {}, from);
    const directory = await directoryBy(roles);

    for (const { name, expected } of company.accounts) {
      expect([name, observations.get(name)?.verdict]).toEqual([name, expect.objectContaining(expected)]);
    }
    expect(directory.errors).toEqual([]);
    expect(directory.entries.map(({ orgUnit }) => orgUnit)).toEqual(['/', '/Production']);
    expect(sorted([...called, ...directory.called])).toEqual(
      sorted([...allowedBy(roles), ASKS_NO_PERMISSION, ALLOWED_BY_AUDIT_POLICY]),
    );
  },
);

test('member roles alone show as much as roles that may do everything, and allow nothing else', async () => {
  const AllowRootSessions = 'false';
  const roles = {
    reader: readerRole({ AllowRootSessions, AllowDirectory: 'false', AllowGuardrails: 'false' }),
    member: memberRole(),
  };

  const bounded = await scanBy(roles, { rootSessions: 'never' });
  const unbounded = await scanBy('everything', { rootSessions: 'never' });

  expect(formatVerdicts(bounded.readings)).toEqual(formatVerdicts(unbounded.readings));
  expect(bounded.readings.get('payments-prod')?.verdict.confidence).toBe('observed');
  expect(sorted(bounded.called)).toEqual(sorted([...allowedBy(roles), ASKS_NO_PERMISSION]));
});

test('credential reports are allowed where they are wanted, and only there', async () => {
  const AllowCredentialReports = 'true';
  const roles = {
    reader: readerRole({ AllowCredentialReports }),
    member: memberRole({ AllowCredentialReports }),
  };
  const isReport = (action: string) => action.includes('CredentialReport');

  const { company, readings: observations, called } = await scanBy(roles, { credentialReports: true });

  for (const { name, expected, expectedWithReports } of company.accounts) {
    const verdict = expectedWithReports ?? expected;
    expect([name, observations.get(name)?.verdict]).toEqual([name, expect.objectContaining(verdict)]);
  }
  expect(sorted(called.filter(isReport))).toEqual(sorted(allowedBy(roles).filter(isReport)));
  expect(allowedBy({ reader: readerRole(), member: memberRole() }).filter(isReport)).toEqual([]);
});

describe('what the roles may do is bounded', () => {
  test('a root session can only audit', () => {
    const [rootSessions] = readerRole().permissions.filter(({ Action }) => Action === 'sts:AssumeRoot');

    expect(rootSessions).toMatchObject({
      Resource: 'arn:aws:iam::*:root',
      Condition: {
        ArnEquals: {
          'sts:TaskPolicyArn': 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials',
        },
      },
    });
  });

  test('no other role than that of the members is taken on', () => {
    const [roles] = readerRole({ MemberRoleName: 'Auditor' }).permissions.filter(
      ({ Action }) => Action === 'sts:AssumeRole',
    );

    expect(roles?.Resource).toBe('arn:aws:iam::*:role/Auditor');
  });

  test('without directory, no org units, tags and contacts', () => {
    const { permissions } = readerRole({ AllowDirectory: 'false', AllowGuardrails: 'false' });

    expect(actionsOf(permissions).filter((action) => /Tags|Contact|ForParent|Roots/.test(action))).toEqual(
      [],
    );
  });

  test('without guardrails, no policies', () => {
    const { permissions } = readerRole({ AllowGuardrails: 'false' });

    expect(actionsOf(permissions).filter((action) => /Polic|ListParents/.test(action))).toEqual([]);
  });

  test('only the reader takes on a member role, and with an external id only if it knows that', () => {
    expect(memberRole().trust).toEqual([
      { Sid: 'Reader', Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: PRINCIPAL } },
    ]);
    expect(memberRole({ ExternalId: 'a-secret-of-two' }).trust[0]?.Condition).toEqual({
      StringEquals: { 'sts:ExternalId': 'a-secret-of-two' },
    });
  });

  test('a service takes on the reader role for its own account only', () => {
    const { trust } = readerRole({ TrustedPrincipalArn: '', TrustedService: 'ecs-tasks.amazonaws.com' });

    expect(trust).toEqual([
      {
        Sid: 'Service',
        Effect: 'Allow',
        Action: ['sts:AssumeRole'],
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      },
    ]);
  });
});

describe('Terraform', () => {
  test.each([
    ['reader-role', readerRole({ AllowCredentialReports: 'true' })],
    ['member-role', memberRole({ AllowCredentialReports: 'true' })],
  ])('the module %s names the actions that the template allows', (module, { permissions }) => {
    const [, allowed = ''] = read(`terraform/${module}/main.tf`).split(/^data .* "permissions"/m);
    const actions = [...allowed.matchAll(/"((?:iam|sts|organizations|account):\w+)"/g)]
      .map(([, action]) => action)
      .filter((action) => action !== 'sts:TaskPolicyArn');

    expect([...new Set(actions)].sort()).toEqual(actionsOf(permissions));
  });
});
