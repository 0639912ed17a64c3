import { matchesOrgUnit } from '../../domain/policy.ts';
import type { Recipient } from '../../store/outbox.ts';
import type { Channels } from './context.ts';

/** A channel that hears of alerts. */
export type ChannelRecipient = Recipient & { readonly kind: 'channel' };

/** Returns the channels that hear of an account: that of the whole company, and those of the parts it belongs to. */
export function alertChannels(
  { digest, parts = [] }: Pick<Channels, 'digest' | 'parts'>,
  orgUnit: string | null,
): ChannelRecipient[] {
  const ofParts = parts
    .filter(
      ({ orgUnits }) => orgUnit !== null && orgUnits.some((pattern) => matchesOrgUnit(orgUnit, pattern)),
    )
    .map(({ channel }) => channel);
  const channels = new Set(digest === null ? ofParts : [digest, ...ofParts]);
  return [...channels].map((id) => ({ kind: 'channel', id }));
}
