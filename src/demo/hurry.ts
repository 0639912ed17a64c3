import type { SimulatedAws } from './aws/server.ts';
import type { Company } from './company.ts';

/** Time that passes faster than AWS would let it. */
export interface Hurry {
  /** Whether it is on at this moment. */
  isOn(): boolean;
  /** Does something in a hurry: AWS answers at once, and no account is slow. */
  during(act: () => Promise<void>): Promise<void>;
}

const SLOW: ReadonlySet<string> = new Set(['throttle', 'latency', 'hang']);

/** Weeks that pass in seconds. */
export function hurryOf({ accounts }: Company, aws: SimulatedAws): Hurry {
  const slow = accounts.filter(({ faults = [] }) => faults.some(({ fault }) => SLOW.has(fault.kind)));
  let on = false;

  return {
    isOn: () => on,
    async during(act) {
      if (on) return act();
      const { latencyMs } = aws;
      on = true;
      aws.latencyMs = 0;
      for (const { id } of slow) aws.organization.clearFaults(id);
      try {
        await act();
      } finally {
        for (const { id, faults = [] } of slow) {
          for (const { call, fault, scope } of faults) aws.organization.setFault(id, call, fault, scope);
        }
        aws.latencyMs = latencyMs;
        on = false;
      }
    },
  };
}
