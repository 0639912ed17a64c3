import type { Owner } from './owner.ts';

/** Why an account has no reachable owner. */
export type OwnerGap = 'none-named' | 'left' | 'not-found' | 'guest' | 'external';

/** Each gap as a sentence. */
export const OWNER_GAP_TEXT = {
  'none-named': 'It has no owner.',
  left: 'Its owner has left the company.',
  'not-found': 'Its owner is not in Slack.',
  guest: 'Its owner is a guest in Slack and cannot see this.',
  external: 'Its owner is in another company’s Slack.',
} as const satisfies Record<OwnerGap, string>;

/**
 * Returns why the owner of an account cannot be reached; `null` if they can. `person` is the owner's Slack user, `null`
 * if there is none. A fallback owner does not count: the account then has no owner.
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
