import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SimulatedAws, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { AwsFailure } from '../../src/aws/failure.ts';
import { openWorkerCollector } from '../../src/aws/worker-collector.ts';
import { parseConfig } from '../../src/config/config.ts';
import { demoCompany, organizationOf } from '../../src/demo/company.ts';
import type { AccountObservation } from '../../src/domain/scan.ts';
import { readAllAccounts } from '../../src/usecases/scan/read-all-accounts.ts';

const company = demoCompany();
const config = parseConfig('').aws;
const at = new Date('2026-11-24T09:00:00Z');
let aws: SimulatedAws;

beforeAll(async () => {
  const organization = organizationOf(company);
  // Accounts that are throttled for ever cost seconds of back-off.
  for (const { id } of company.accounts) organization.clearFaults(id, '*');
  organization.clearFaults('444455550004');
  aws = await startSimulatedAws({ organization });
  delete process.env['AWS_SESSION_TOKEN'];
  Object.assign(process.env, aws.environment('management'));
});

afterAll(() => aws.close());

describe('a collector in a worker thread', () => {
  test('returns every account under its own ID, however many are read at once', async () => {
    const collector = await openWorkerCollector(config, { now: () => at });
    const observations = new Map<string, AccountObservation>();
    const end = await readAllAccounts(collector.accounts(), collector.read, {
      concurrency: 50,
      onObservation: (observation) => observations.set(observation.account.id, observation),
    });
    collector.close();

    expect(end).toEqual({ kind: 'done' });
    expect(observations.size).toBe(company.accounts.length);
    for (const { id, name, expected } of company.accounts) {
      const { account, verdict, checkedAt, errors } = observations.get(id) as AccountObservation;
      if (expected.mfa !== 'unknown') expect([name, verdict.mfa]).toEqual([account.name, expected.mfa]);
      expect(checkedAt).toBe(at);
      expect(errors.map(({ code }) => code)).not.toContain('WrongAccount');
    }
  }, 60_000);

  test('reads the directory as one on the main thread does', async () => {
    const collector = await openWorkerCollector(config);
    const pages = [];
    for await (const page of collector.accounts()) pages.push(page);
    const directory = collector.directory({
      orgUnits: true,
      tags: false,
      contacts: false,
      guardrails: false,
    });
    directory.learn(pages.flat());
    const { entries, errors } = await directory.finish();
    collector.close();

    expect(errors).toEqual([]);
    expect(entries.get('555566660002' as never)?.orgUnit).toBe('/Sandbox');
  }, 60_000);

  test('says in the same sentence why AWS cannot be read', async () => {
    aws.organization.setFault('*', 'sts:GetCallerIdentity', { kind: 'error', code: 'ExpiredToken' });
    const opened = openWorkerCollector(config);

    await expect(opened).rejects.toThrow(AwsFailure);
    await expect(opened).rejects.toThrow(/^Cannot sign in to AWS: the AWS credentials have expired/);
    aws.organization.clearFaults('*', 'sts:GetCallerIdentity');
  }, 60_000);

  test('aborts what is under way when it closes', async () => {
    const collector = await openWorkerCollector(config);
    const list = collector.accounts()[Symbol.asyncIterator]().next();
    collector.close();

    await expect(list).rejects.toThrow('The collector was closed');
  }, 60_000);
});
