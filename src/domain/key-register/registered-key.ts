import type { AccountId } from '../account.ts';
import { endOfDate, yearAfter } from '../calendar.ts';
import type { Decider, SlackUserId } from '../person.ts';
import { MAX_ROOT_DEVICES, type TokenKind } from '../token-request.ts';

/** What a key of the register is. A passkey is named only so that no one takes it for hardware. */
export type KeyKind = TokenKind | 'passkey';
export const KEY_KINDS = ['security-key', 'totp-token', 'passkey'] as const satisfies readonly KeyKind[];

/** `main` is used to sign in, `spare` is kept for the day when the main one is lost. */
export type KeyRole = 'main' | 'spare';
export const KEY_ROLES = ['main', 'spare'] as const satisfies readonly KeyRole[];

/** What people say of a key. */
export interface KeyFacts {
  readonly role: KeyRole;
  readonly kind: KeyKind;
  /** Who has it; `null`: not named. */
  readonly holder: SlackUserId | null;
  /** Where it is kept: a label, never an address. */
  readonly place: string | null;
  readonly serial: string | null;
  /** When the battery of a display token ends: `2027-03-31`. */
  readonly batteryEndsOn: string | null;
}

/** One key of the register. */
export interface RegisteredKey extends KeyFacts {
  readonly id: string;
  readonly accountId: AccountId;
  readonly source: 'request' | 'attestation' | 'person' | 'import';
  /** The token request that brought it. */
  readonly requestId: string | null;
  readonly addedAt: Date;
  /** When its holder, or a sign-in as root, last showed that it is there. */
  readonly confirmedAt: Date | null;
  /** When its holder was last asked. */
  readonly askedAt: Date | null;
}

export const MAX_PLACE_LENGTH = 60;
export const MAX_SERIAL_LENGTH = 60;

/** Why facts cannot be saved. */
export type KeyFactsProblem =
  | { readonly kind: 'place-is-address' }
  | { readonly kind: 'too-long'; readonly field: 'place' | 'serial'; readonly max: number }
  | { readonly kind: 'not-a-date' }
  /** Only a display token has a battery that ends. */
  | { readonly kind: 'no-battery' };

/** Returns the facts without blanks around texts, and empty texts as `null`. */
export function cleanKeyFacts(facts: KeyFacts): KeyFacts {
  const { place, serial, batteryEndsOn } = facts;
  return {
    ...facts,
    place: place?.trim() || null,
    serial: serial?.trim() || null,
    batteryEndsOn: batteryEndsOn?.trim() || null,
  };
}

/** Returns what is wrong with the facts of a key; undefined where nothing is. */
export function keyFactsProblem({
  kind,
  place,
  serial,
  batteryEndsOn,
}: KeyFacts): KeyFactsProblem | undefined {
  if (place !== null && place.length > MAX_PLACE_LENGTH)
    return { kind: 'too-long', field: 'place', max: MAX_PLACE_LENGTH };
  if (place !== null && looksLikeAddress(place)) return { kind: 'place-is-address' };
  if (serial !== null && serial.length > MAX_SERIAL_LENGTH)
    return { kind: 'too-long', field: 'serial', max: MAX_SERIAL_LENGTH };
  if (batteryEndsOn === null) return undefined;
  if (endOfDate(batteryEndsOn, 'UTC') === undefined) return { kind: 'not-a-date' };
  return kind === 'totp-token' ? undefined : { kind: 'no-battery' };
}

/** The register must not say where people live. */
function looksLikeAddress(place: string): boolean {
  return POSTAL_CODE_AND_TOWN.test(place) || HOUSE_NUMBER_AND_STREET.test(place);
}

const POSTAL_CODE_AND_TOWN = /\b\d{5},?\s+\p{Lu}\p{Ll}+/u;
const HOUSE_NUMBER_AND_STREET =
  /\d+\s+(?:\p{L}+\s+){1,3}(?:street|st|road|rd|avenue|ave|lane|drive)\b|(?:straße|strasse|\bcalle|\bavenida|\brue)\b.*\d/iu;

export type SaveKeyOutcome =
  | { readonly kind: 'added' | 'changed' | 'unchanged'; readonly key: RegisteredKey }
  | SaveKeyRefusal;
export type SaveKeyRefusal = KeyFactsProblem | { readonly kind: 'too-many-keys'; readonly max: number };

/** Adds a key to those of its account. One that its holder adds counts as confirmed. */
export function addKey(
  keys: readonly RegisteredKey[],
  entry: Pick<RegisteredKey, 'id' | 'accountId' | 'source'> & { readonly facts: KeyFacts },
  by: Decider,
  now: Date,
): SaveKeyOutcome {
  const facts = cleanKeyFacts(entry.facts);
  const problem = keyFactsProblem(facts);
  if (problem) return problem;
  if (keys.length >= MAX_ROOT_DEVICES) return { kind: 'too-many-keys', max: MAX_ROOT_DEVICES };
  const { id, accountId, source } = entry;
  const confirmedAt = facts.holder !== null && facts.holder === by ? now : null;
  return {
    kind: 'added',
    key: { ...facts, id, accountId, source, requestId: null, addedAt: now, confirmedAt, askedAt: null },
  };
}

/** Changes what is said of a key. A new holder has confirmed nothing yet. */
export function changeKey(key: RegisteredKey, newFacts: KeyFacts, by: Decider, now: Date): SaveKeyOutcome {
  const facts = cleanKeyFacts(newFacts);
  const problem = keyFactsProblem(facts);
  if (problem) return problem;
  if (isSameFacts(key, facts)) return { kind: 'unchanged', key };
  const isNewHolder = facts.holder !== key.holder;
  const kept = isNewHolder ? null : key.confirmedAt;
  const confirmedAt = facts.holder !== null && facts.holder === by ? now : kept;
  return {
    kind: 'changed',
    key: { ...key, ...facts, confirmedAt, askedAt: isNewHolder ? null : key.askedAt },
  };
}

/** Returns whether two descriptions of a key are the same. */
export function isSameFacts(a: KeyFacts, b: KeyFacts): boolean {
  return (
    a.role === b.role &&
    a.kind === b.kind &&
    a.holder === b.holder &&
    a.place === b.place &&
    a.serial === b.serial &&
    a.batteryEndsOn === b.batteryEndsOn
  );
}

/** Returns the first moment at which a key counts as not confirmed for a year. */
export function confirmationDueAt({ confirmedAt, addedAt }: RegisteredKey): Date {
  return yearAfter(confirmedAt ?? addedAt, 'UTC');
}

/** A holder who does not answer is asked again after this time. */
const ASK_AGAIN_MS = 30 * 24 * 60 * 60_000;

/** Returns whether to ask the holder now. */
export function isConfirmationDue(key: RegisteredKey, now: Date): boolean {
  const { holder, askedAt } = key;
  if (holder === null || now < confirmationDueAt(key)) return false;
  return askedAt === null || now.getTime() - askedAt.getTime() >= ASK_AGAIN_MS;
}
