import { stillApplies } from '../../../domain/attestation.ts';
import { voidAttestations } from '../../../store/attestations.ts';
import { changedAccountIds } from '../../../store/verdicts.ts';
import type { ScanEffect } from './scan-effect.ts';

/** An owner's word is void once root was seen without the device that it spoke of. */
export const voidOutdatedAttestations: ScanEffect = async ({ tx, at }, changes) => {
  const withoutDevice = changes.filter(({ after }) => !stillApplies(after));
  await voidAttestations(tx, changedAccountIds(withoutDevice), at);
};
