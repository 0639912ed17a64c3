import { stillSpeaksOf } from '../../../domain/attestation.ts';
import { voidAttestations } from '../../../store/attestations.ts';
import { accountsOf } from '../../../store/verdicts.ts';
import type { Settlement } from './index.ts';

/** An owner's word is void once root was seen without the device that it spoke of. */
export const settleAttestations: Settlement = async (tx, _ctx, changes, at) => {
  const withoutIt = changes.filter(({ after }) => !stillSpeaksOf(after));
  await voidAttestations(tx, accountsOf(withoutIt), at);
};
