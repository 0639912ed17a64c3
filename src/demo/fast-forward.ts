import type { AccountId } from '../domain/account.ts';
import type { Reading } from '../domain/scan.ts';
import type { Collector, CollectorFactory } from '../usecases/shared/context.ts';
import type { SimulatedAws } from '../../packages/aws-simulator/src/server.ts';
import type { Company } from './company.ts';
import { directoryOf } from './directory-entries.ts';

/** Time that passes faster than AWS would let it. */
export interface Hurry {
  /** Does something in a hurry: AWS answers at once, and no account is slow. */
  during(act: () => Promise<void>): Promise<void>;
  /** A way to look at AWS that makes haste while there is a hurry. */
  collector(open: CollectorFactory): CollectorFactory;
}

interface Look {
  /** The account as it was then: while it stays so, another look sees the same. */
  readonly account: string;
  readonly reading: Reading;
}

const SLOW: ReadonlySet<string> = new Set(['throttle', 'latency', 'hang']);

/** Weeks that pass in seconds. */
export function hurryOf({ accounts }: Company, aws: SimulatedAws, now: () => Date): Hurry {
  const { organization } = aws;
  const slow = accounts.filter(({ faults = [] }) => faults.some(({ fault }) => SLOW.has(fault.kind)));
  const looks = new Map<AccountId, Look>();
  let on = false;

  return {
    async during(act) {
      if (on) return act();
      const { latencyMs } = aws;
      on = true;
      aws.latencyMs = 0;
      for (const { id } of slow) organization.clearFaults(id);
      try {
        await act();
      } finally {
        for (const { id, faults = [] } of slow) {
          for (const { call, fault, scope } of faults) organization.setFault(id, call, fault, scope);
        }
        aws.latencyMs = latencyMs;
        on = false;
      }
    },

    collector: (open) => async () => {
      const opened = await open();
      return on ? hasty(opened) : opened;
    },
  };

  /** Asks again only of accounts that somebody touched, and knows the directory without asking. */
  function hasty(opened: Collector): Collector {
    return {
      ...opened,
      async read(found) {
        const account = JSON.stringify(organization.account(found.id));
        const last = looks.get(found.id);
        const reading = last?.account === account ? last.reading : await opened.read(found);
        looks.set(found.id, { account, reading });
        return { ...reading, account: found, checkedAt: now() };
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
