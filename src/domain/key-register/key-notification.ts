import type { AccountId } from '../account.ts';
import type { SlackUserId } from '../person.ts';
import type { KeyKind, KeyRole } from './registered-key.ts';

/** A key that the reader holds. */
export interface HeldKey {
  readonly keyId: string;
  readonly accountId: AccountId;
  /** The account's name: untrusted text. */
  readonly name: string;
  readonly role: KeyRole;
  readonly keyKind: KeyKind;
  readonly serial: string | null;
}

/** Asks a holder, once a year, whether they still have their keys. */
export interface KeyConfirmationNotification {
  readonly kind: 'key-confirmation';
  readonly keys: readonly HeldKey[];
  /** The day in its key: what the button carries. */
  readonly day: string;
  /** When they confirmed: `2026-11-24T09:00:00.000Z`. */
  readonly confirmedAt?: string;
}

/** `key-confirmation/U03ANA/2026-11-24`: a holder is asked once a day at most. */
export function keyConfirmationKey(holder: SlackUserId, day: string): string {
  return `key-confirmation/${holder}/${day}`;
}
