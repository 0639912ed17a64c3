import type { Owner } from './owner.ts';

/** Why nobody who answers for an account can be reached. */
export type OwnerGap = 'none-named' | 'left' | 'not-found' | 'guest' | 'external';

/** Each gap in a sentence. */
export const OWNER_GAP_TEXT = {
  'none-named': 'Nobody is named as its owner.',
  left: 'Its owner has left.',
  'not-found': 'Slack does not know its owner.',
  guest: 'Its owner is a guest, who may not see any of this.',
  external: 'Its owner belongs to another company.',
} as const satisfies Record<OwnerGap, string>;

/**
 * Why the person who answers for an account cannot be reached; `null` if they can. `person` is who Slack says they are,
 * `null` if it knows nobody by that name. Standing in is not owning: where only the fallback answers, nobody is named.
 */
export function ownerGap(
  owner: Pick<Owner, 'source'> | null,
  person: { readonly kind: 'member' | 'guest' | 'external' | 'bot' | 'deactivated' } | null,
): OwnerGap | null {
  if (!owner || owner.source === 'fallback') return 'none-named';
  switch (person?.kind) {
    case 'member':
      return null;
    case 'deactivated':
      return 'left';
    case 'guest':
    case 'external':
      return person.kind;
    case 'bot':
    case undefined:
      return 'not-found';
  }
}
