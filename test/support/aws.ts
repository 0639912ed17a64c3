import type { SimulatedAws, SimulatedPrincipal } from '@root-mfa-bot/aws-simulator';
import { createAwsClients } from '../../src/aws/clients.ts';
import { type AwsCollector, type CollectorConfig, openCollector } from '../../src/aws/collector.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { AccountObservation } from '../../src/domain/scan.ts';
import { readAllAccounts } from '../../src/usecases/scan/read-all-accounts.ts';

/** A collector on the simulation, with few attempts, so that no test waits for back-off. */
export async function aCollector(
  aws: SimulatedAws,
  overrides: Partial<CollectorConfig> = {},
  {
    caller = 'management',
    requestTimeoutMs = 5_000,
    maxAttempts = 2,
    ...options
  }: {
    caller?: SimulatedPrincipal;
    requestTimeoutMs?: number;
    maxAttempts?: number;
    accountDeadlineMs?: number;
  } = {},
): Promise<AwsCollector> {
  // The SDK reads these when it first needs them, so they stay for the rest of the test file.
  delete process.env['AWS_SESSION_TOKEN'];
  Object.assign(process.env, aws.environment(caller));
  const clients = await createAwsClients({ concurrency: 50, maxAttempts, requestTimeoutMs });
  return openCollector({ ...parseConfig('').aws, ...overrides }, { clients, ...options });
}

/** Every reading of a scan, by account name. */
export async function observeAll(collector: AwsCollector): Promise<ReadonlyMap<string, AccountObservation>> {
  const observations = new Map<string, AccountObservation>();
  const end = await readAllAccounts(collector.accounts(), collector.read, {
    concurrency: 50,
    onObservation: (observation) => observations.set(observation.account.name, observation),
  });
  if (end.kind === 'listing-failed') throw end.error;
  return observations;
}
