import type { SimulatedAws } from '@root-mfa-bot/aws-simulator';
import type { AccountId } from '../domain/account.ts';
import type { AccountObservation } from '../domain/scan.ts';
import type { Collector, CollectorFactory } from '../usecases/shared/context.ts';
import type { Company } from './company.ts';
import { directoryOf } from './directory-entries.ts';

/** Time that passes faster than AWS would let it. */
export interface FastForward {
  /** Does something in a hurry: AWS answers at once, and no account is slow. */
  run(act: () => Promise<void>): Promise<void>;
  /** Returns a factory of collectors that, during a fast-forward, read only changed accounts. */
  accelerate(open: CollectorFactory): CollectorFactory;
}

interface CachedObservation {
  /** The account and its policies as they were then: while it stays so, another look sees the same. */
  readonly account: string;
  readonly observation: AccountObservation;
}

const SLOW_FAULTS: ReadonlySet<string> = new Set(['throttle', 'latency', 'hang']);

/** Weeks that pass in seconds. */
export function createFastForward({ accounts }: Company, aws: SimulatedAws, now: () => Date): FastForward {
  const { organization } = aws;
  const slow = accounts.filter(({ faults = [] }) => faults.some(({ fault }) => SLOW_FAULTS.has(fault.kind)));
  const cache = new Map<AccountId, CachedObservation>();
  let isActive = false;

  return {
    async run(act) {
      if (isActive) return act();
      const { latencyMs } = aws;
      isActive = true;
      aws.latencyMs = 0;
      for (const { id } of slow) organization.clearFaults(id);
      try {
        await act();
      } finally {
        for (const { id, faults = [] } of slow) {
          for (const { call, fault, scope } of faults) organization.setFault(id, call, fault, scope);
        }
        aws.latencyMs = latencyMs;
        isActive = false;
      }
    },

    accelerate: (open) => async () => {
      const collector = await open();
      return isActive ? cachingCollector(collector) : collector;
    },
  };

  function policiesOn(id: AccountId): string[] {
    const targets = organization.policyTargetsOf(id);
    return targets.flatMap((target) => organization.policies.attachedTo(target).map((policy) => policy.id));
  }

  /** Reads only changed accounts again, and takes the directory from memory. */
  function cachingCollector(collector: Collector): Collector {
    return {
      ...collector,
      async read(found) {
        const account = JSON.stringify([organization.account(found.id), policiesOn(found.id)]);
        const cached = cache.get(found.id);
        const observation = cached?.account === account ? cached.observation : await collector.read(found);
        cache.set(found.id, { account, observation });
        return { ...observation, account: found, checkedAt: now() };
      },
      directory: () => ({
        learn: () => undefined,
        finish: async () => ({
          entries: new Map(directoryOf(organization).map(({ id, entry }) => [id, entry])),
          errors: [],
        }),
      }),
    };
  }
}
