import type { Evidence } from '../evidence.ts';
import type { RootDeviceCounts } from '../root-devices.ts';
import { factsOf } from './facts.ts';

/** Returns root's devices by kind; undefined where no session listed them and MFA is not known to be off. */
export function countRootDevices(evidence: Evidence): RootDeviceCounts | undefined {
  const { rootDevices, mfaOn } = factsOf(evidence);
  if (rootDevices) {
    const { virtual, fido, tokens, unrecognised } = rootDevices;
    return {
      virtual: virtual.length,
      fido: fido.length,
      tokens: tokens.length,
      unrecognized: unrecognised.length,
    };
  }
  return mfaOn === false ? { virtual: 0, fido: 0, tokens: 0, unrecognized: 0 } : undefined;
}
