import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type SimulatedAws, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { type Company, demoCompany, organizationOf } from '../../src/demo/company.ts';
import { aCollector, observeAll } from '../support/aws.ts';

let company: Company;
let aws: SimulatedAws;

beforeEach(async () => {
  company = demoCompany();
  aws = await startSimulatedAws({ organization: organizationOf(company) });
});

afterEach(() => aws.close());

const idOf = (name: string): string => accountNamed(name).id;

describe('a scan of the company', () => {
  test('judges every account as its story says', async () => {
    const collector = await aCollector(aws);

    const readings = await observeAll(collector);

    expect(readings.size).toBe(company.accounts.length);
    for (const { name, expected } of company.accounts) {
      expect([name, readings.get(name)?.verdict]).toEqual([name, expect.objectContaining(expected)]);
    }
  });

  test('makes only calls that can change a verdict', async () => {
    const collector = await aCollector(aws);
    await collector.read(accountNamed('old-website'));
    aws.resetCalls();

    await collector.read(accountNamed('sandbox'));
    await collector.read(accountNamed('ben-prototype'));
    await collector.read(accountNamed('old-website'));

    expect(Object.entries(aws.calls.byCall).filter(([, calls]) => calls > 0)).toEqual([
      ['sts:AssumeRoot', 2],
      ['iam:GetAccountSummary', 2],
    ]);
  });

  test('says when root was last used where credential reports are read, and needs none of them', async () => {
    const collector = await aCollector(aws, { credentialReports: true });
    // AWS makes a report after the first request.
    expect((await collector.read(accountNamed('payments-prod'))).rootLastUse).toBeUndefined();

    const { rootLastUse, verdict, errors } = await collector.read(accountNamed('payments-prod'));

    expect(rootLastUse).toEqual({
      password: '2025-03-04T08:00:00.000Z',
      accessKey: null,
      reportedAt: expect.stringMatching(/^\d{4}-/),
    });
    expect([verdict.mfa, errors]).toEqual(['virtual', []]);
    expect((await collector.read(accountNamed('sandbox'))).rootLastUse).toBeUndefined();
  });

  test('never assumes root of the management account', async () => {
    const collector = await aCollector(aws);
    aws.resetCalls();

    const { verdict } = await collector.read({
      ...accountNamed('example-management'),
      managementAccount: true,
    });

    expect(verdict.level1).toBe('pass');
    expect(aws.calls.byCall['sts:AssumeRoot'] ?? 0).toBe(0);
  });

  test('reads the same from a delegated administrator', async () => {
    const collector = await aCollector(aws, {}, { caller: 'delegated' });

    const readings = await observeAll(collector);

    expect(readings.get('payments-prod')?.verdict.mfa).toBe('virtual');
    expect(readings.get('security-tooling')?.verdict.mfa).toBe('hardware');
  });
});

describe('a failed call is recorded with its reason', () => {
  test('an account that hangs times out and delays no other', async () => {
    aws.organization.setFault(idOf('security-tooling'), '*', { kind: 'hang' });
    const collector = await aCollector(aws, {}, { requestTimeoutMs: 1_000 });

    const readings = await observeAll(collector);

    expect(readings.size).toBe(company.accounts.length);
    expect(readings.get('security-tooling')?.verdict.level1).toBe('unknown');
    expect(readings.get('security-tooling')?.errors.map(({ code }) => code)).toContain('Timeout');
    expect(readings.get('payments-prod')?.verdict.level1).toBe('pass');
  });

  test('a body that stops halfway is a time-out, and never delays the scan', async () => {
    aws.organization.setFault(idOf('security-tooling'), '*', { kind: 'stall' });
    const collector = await aCollector(aws, {}, { requestTimeoutMs: 1_000 });

    const readings = await observeAll(collector);

    expect(readings.get('security-tooling')).toMatchObject({
      verdict: { level1: 'unknown' },
      errors: expect.arrayContaining([expect.objectContaining({ code: 'Timeout' })]),
    });
    expect(readings.get('payments-prod')?.verdict.level1).toBe('pass');
  });

  test('an account has a deadline, and keeps what was read by then', async () => {
    aws.organization.setFault(idOf('payments-prod'), 'iam:ListMFADevices', { kind: 'hang' });
    const collector = await aCollector(aws, {}, { accountDeadlineMs: 2_000 });

    const start = performance.now();
    const { verdict, errors } = await collector.read(accountNamed('payments-prod'));

    expect(performance.now() - start).toBeLessThan(20_000);
    expect(verdict).toMatchObject({ mfa: 'unknown', level1: 'pass', level2: 'unknown' });
    expect(errors).toEqual([
      {
        call: 'iam:ListMFADevices',
        code: 'Timeout',
        message: 'AWS did not answer within 2 seconds',
      },
    ]);
  });

  test.each([200, 403])('a page of a proxy with status %d is not an answer of AWS', async (status) => {
    aws.organization.setFault(idOf('payments-prod'), '*', {
      kind: 'body',
      status,
      body: '<!DOCTYPE html><html><title>Sign in</title></html>',
    });
    const collector = await aCollector(aws);

    const { verdict, errors } = await collector.read(accountNamed('payments-prod'));

    expect(verdict.level1).toBe('unknown');
    expect(errors.map(({ code }) => code)).toEqual(['NotAws', 'NotAws']);
  });

  test('a list that says that more follows, but not how to ask for it, is half a list', async () => {
    aws.organization.setFault(idOf('payments-prod'), 'iam:ListVirtualMFADevices', {
      kind: 'body',
      contentType: 'text/xml',
      body:
        '<ListVirtualMFADevicesResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListVirtualMFADevicesResult>' +
        '<IsTruncated>true</IsTruncated><VirtualMFADevices/></ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>',
    });
    const collector = await aCollector(aws, { rootSessions: 'never' });

    const { verdict, errors } = await collector.read(accountNamed('payments-prod'));

    expect(verdict).toMatchObject({ mfa: 'unknown', level1: 'pass', level2: 'unknown' });
    expect(errors).toEqual([expect.objectContaining({ code: 'IncompleteList' })]);
  });

  test('a broken connection is not an empty list', async () => {
    aws.organization.setFault(idOf('payments-prod'), 'iam:ListMFADevices', { kind: 'reset' });
    aws.organization.setFault(idOf('payments-prod'), 'sts:AssumeRole', {
      kind: 'error',
      code: 'AccessDenied',
    });
    const collector = await aCollector(aws);

    const { verdict } = await collector.read(accountNamed('payments-prod'));

    expect(verdict).toMatchObject({ mfa: 'unknown', level1: 'pass', level2: 'unknown' });
  });

  test('without root sessions the member role gives the verdict', async () => {
    const collector = await aCollector(aws, { rootSessions: 'never' });

    const { verdict } = await collector.read(accountNamed('payments-prod'));

    expect(verdict).toMatchObject({ mfa: 'virtual', confidence: 'observed' });
    expect(aws.calls.byCall['sts:AssumeRoot'] ?? 0).toBe(0);
  });
});

describe('who can be listed', () => {
  test('outside an organization the own account is read, and a warning says so', async () => {
    const collector = await aCollector(aws, {}, { caller: 'standalone' });

    const readings = await observeAll(collector);

    expect(readings.size).toBe(1);
    expect(collector.warning).toMatch(/^Only the caller's own account \d{12} is read: /);
    expect(collector.organization).toBe(false);
  });

  test('where the organization is asked for, its refusal is an error that says what to do', async () => {
    const opened = aCollector(aws, { discovery: 'organizations' }, { caller: 'standalone' });

    await expect(opened).rejects.toThrow(/^Cannot list the accounts of the organization: .*aws\.discovery/);
  });

  test('a login page instead of AWS is named, not parsed', async () => {
    aws.organization.setFault('*', '*', { kind: 'body', body: '<html><body>Sign in</body></html>' });

    await expect(aCollector(aws)).rejects.toThrow(
      /^Cannot sign in to AWS: the answer is not from AWS, but for example from a proxy or a login page/,
    );
  });

  test('expired credentials are reported as such', async () => {
    const opened = aCollector(aws, {}, { caller: 'expired' });

    await expect(opened).rejects.toThrow(/^Cannot sign in to AWS: the AWS credentials have expired/);
  });

  test('a list of accounts in the configuration needs no organization', async () => {
    const collector = await aCollector(aws, {
      discovery: 'accounts',
      accounts: [{ id: idOf('payments-prod'), name: 'listed' }],
    });

    const readings = await observeAll(collector);

    expect([...readings.keys()]).toEqual(['listed']);
    expect(readings.get('listed')?.account.state).toBeNull();
    expect(readings.get('listed')?.verdict.mfa).toBe('virtual');
  });

  test('excluded accounts are not read', async () => {
    const collector = await aCollector(aws, { exclude: [idOf('payments-prod')] });

    expect((await observeAll(collector)).has('payments-prod')).toBe(false);
  });

  test('the list of accounts may break off, which is said and not taken for its end', async () => {
    const collector = await aCollector(aws);
    aws.organization.setFault('*', 'organizations:ListAccounts', { kind: 'error', code: 'ServiceException' });

    await expect(observeAll(collector)).rejects.toThrow(/^The list of accounts broke off: /);
  });
});

describe('in another partition', () => {
  const readPartition = async (partition: 'aws-us-gov' | 'aws-cn' | 'aws-eusc', names: readonly string[]) => {
    const there = demoCompany({ partition });
    const elsewhere = await startSimulatedAws({ organization: organizationOf(there) });
    const collector = await aCollector(elsewhere);
    const verdicts = await Promise.all(
      names.map(async (name) => {
        const id = there.accounts.find((account) => account.name === name)?.id as never;
        return (await collector.read({ id, name, partition, state: 'ACTIVE', managementAccount: false }))
          .verdict;
      }),
    );
    const { byCall } = elsewhere.calls;
    await elsewhere.close();
    return { verdicts, byCall };
  };

  test('GovCloud has no root sign-in, and its root keys are shown', async () => {
    const { verdicts, byCall } = await readPartition('aws-us-gov', ['crm', 'security-tooling']);

    expect(verdicts).toMatchObject([
      { mfa: 'not_applicable', flags: ['root_access_key_present'] },
      { mfa: 'not_applicable', flags: [] },
    ]);
    expect(byCall['iam:ListMFADevices'] ?? 0).toBe(0);
  });

  test('China has no root user to ask about', async () => {
    const { verdicts, byCall } = await readPartition('aws-cn', ['security-tooling']);

    expect(verdicts).toMatchObject([{ mfa: 'not_applicable', level1: 'not_applicable' }]);
    expect(byCall['iam:GetAccountSummary'] ?? 0).toBe(0);
  });

  test('the European sovereign cloud is judged by its own ARNs', async () => {
    const { verdicts } = await readPartition('aws-eusc', ['payments-prod', 'security-tooling']);

    expect(verdicts).toMatchObject([{ mfa: 'virtual' }, { mfa: 'hardware' }]);
  });
});

test('where MFA is off, the member role still shows a look-alike of root', async () => {
  const id = idOf('ben-prototype');
  const serial = aws.organization.enrolDevice(id, 'virtual', 'root-account-mfa-device');
  aws.organization.removeDevice(id, serial, { leaveBehind: true });
  const collector = await aCollector(aws, { rootSessions: 'never' });

  const { verdict } = await collector.read(accountNamed('ben-prototype'));

  expect(verdict).toMatchObject({
    mfa: 'none',
    flags: expect.arrayContaining(['unassigned_root_named_device']),
  });
});

describe('throttling', () => {
  test('of one call in twenty costs no account its verdict', async () => {
    aws.organization.setFault('*', '*', { kind: 'throttle-share', share: 0.05 });
    const collector = await aCollector(aws, {}, { maxAttempts: 5 });

    const readings = await observeAll(collector);

    for (const { name, expected } of company.accounts) {
      expect([name, readings.get(name)?.verdict.mfa]).toEqual([name, expected.mfa]);
    }
  });
});

test('no answer of one account ever stands under the id of another', async () => {
  // The simulation answers about the account whose key signs, and refuses keys and tokens that do not go together.
  const collector = await aCollector(aws);
  const runs = await Promise.all([observeAll(collector), observeAll(collector), observeAll(collector)]);

  for (const readings of runs) {
    for (const { name, id, expected } of company.accounts) {
      const reading = readings.get(name);
      expect([reading?.account.id, reading?.verdict.mfa]).toEqual([id, expected.mfa]);
      expect(reading?.errors.map(({ code }) => code)).not.toContain('WrongAccount');
    }
  }
});

function accountNamed(name: string) {
  const found = company.accounts.find((account) => account.name === name);
  if (!found) throw new Error(`the company has no account ${name}`);
  return {
    id: found.id as never,
    name,
    partition: 'aws',
    state: found.state ?? 'ACTIVE',
    managementAccount: false,
  };
}
