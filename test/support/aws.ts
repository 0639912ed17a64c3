import { openClients } from '../../src/aws/clients.ts';
import { type Collector, type CollectorConfig, openCollector } from '../../src/aws/collector.ts';
import { parseConfig } from '../../src/config/config.ts';
import type { Caller } from '../../packages/aws-simulator/src/principals.ts';
import type { SimulatedAws } from '../../packages/aws-simulator/src/server.ts';
import type { Reading } from '../../src/domain/scan.ts';
import { sweep } from '../../src/usecases/scan/read-all-accounts.ts';

/** A collector on the simulation, with few attempts so that a test need not wait for back-off. */
export async function aCollector(
  aws: SimulatedAws,
  over: Partial<CollectorConfig> = {},
  { caller = 'management', requestTimeoutMs = 5_000 }: { caller?: Caller; requestTimeoutMs?: number } = {},
): Promise<Collector> {
  // The SDK reads these when it first needs them, so they stay for the rest of the test file.
  delete process.env['AWS_SESSION_TOKEN'];
  Object.assign(process.env, aws.environment(caller));
  const clients = await openClients({ concurrency: 50, maxAttempts: 2, requestTimeoutMs });
  return openCollector({ ...parseConfig('').aws, ...over }, { clients });
}

/** Every reading of a scan, by account name. */
export async function readAll(collector: Collector): Promise<ReadonlyMap<string, Reading>> {
  const readings = new Map<string, Reading>();
  const end = await sweep(collector.accounts(), collector.read, {
    concurrency: 50,
    onReading: (reading) => readings.set(reading.account.name, reading),
  });
  if (end.kind === 'list-broke-off') throw end.error;
  return readings;
}
