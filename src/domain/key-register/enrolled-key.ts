import type { AccountId } from '../account.ts';
import type { Attestation } from '../attestation.ts';
import { hardwareCount, type RootDeviceCounts } from '../root-devices.ts';
import { keysPerRoot, type TokenRequest } from '../token-request.ts';
import { MAX_SERIAL_LENGTH, type RegisteredKey } from './registered-key.ts';

/** A key to be written into the register: new, or in place of what was said of it. */
export interface RegisterEntry {
  readonly change: 'added' | 'changed';
  readonly key: RegisteredKey;
}

type EnrolledRequest = Pick<TokenRequest, 'id' | 'kind' | 'requestedBy' | 'quantity' | 'accounts'> & {
  readonly serial?: string | null;
};

export interface EnrolledAccount {
  readonly accountId: AccountId;
  /** What the register says of the account so far. */
  readonly keys: readonly RegisteredKey[];
  /** What a session listed; `null`: not listed. */
  readonly devices: RootDeviceCounts | null;
}

/** Returns what the register says after a scan saw the keys of a request on root: of two keys both, where AWS lists both. */
export function registerEnrolledKeys(
  request: EnrolledRequest,
  account: EnrolledAccount,
  { newId, now }: { readonly newId: () => string; readonly now: Date },
): readonly RegisterEntry[] {
  const first = registerEnrolledKey(request, account, { id: newId(), now });
  const keys = [...account.keys.filter(({ id }) => id !== first.key.id), first.key];
  const hardware = hardwareCount(account.devices ?? undefined) ?? 0;
  if (keysPerRoot(request) < 2 || hardware <= keys.length) return [first];
  return [first, registerEnrolledKey(request, { ...account, keys }, { id: newId(), now })];
}

/**
 * Returns what the register says of one key. It is a key of its own where root has more hardware than the register has
 * keys; otherwise it takes the place of the main one.
 */
function registerEnrolledKey(
  request: EnrolledRequest,
  { accountId, keys, devices }: EnrolledAccount,
  { id, now }: { readonly id: string; readonly now: Date },
): RegisterEntry {
  const { requestedBy: holder, kind, id: requestId } = request;
  const serial = singleSerial(request.serial ?? null, request.quantity);
  const main = keys.find(({ role }) => role === 'main');
  const isAnother = (hardwareCount(devices ?? undefined) ?? 0) > keys.length;
  if (main && !isAnother) {
    const isSameKey = main.kind === kind && main.holder === holder;
    const batteryEndsOn = isSameKey ? main.batteryEndsOn : null;
    const place = isSameKey ? main.place : null;
    return {
      change: 'changed',
      key: {
        ...main,
        kind,
        holder,
        place,
        batteryEndsOn,
        serial: serial ?? (isSameKey ? main.serial : null),
        source: 'request',
        requestId,
        confirmedAt: now,
        askedAt: null,
      },
    };
  }
  return {
    change: 'added',
    key: {
      id,
      accountId,
      role: main ? 'spare' : 'main',
      kind,
      holder,
      place: null,
      serial,
      batteryEndsOn: null,
      source: 'request',
      requestId,
      addedAt: now,
      confirmedAt: now,
      askedAt: null,
    },
  };
}

/** Returns what the register says after an owner said what the key is; `null`: nothing new. */
export function registerAttestedKey(
  { accountId, attestedBy, attestedAt, kind }: Attestation,
  keys: readonly RegisteredKey[],
  id: string,
): RegisterEntry | null {
  const keyKind = kind === 'hardware' ? 'security-key' : 'passkey';
  const main = keys.find(({ role }) => role === 'main');
  if (!main) {
    return {
      change: 'added',
      key: {
        id,
        accountId,
        role: 'main',
        kind: keyKind,
        holder: attestedBy,
        place: null,
        serial: null,
        batteryEndsOn: null,
        source: 'attestation',
        requestId: null,
        addedAt: attestedAt,
        confirmedAt: attestedAt,
        askedAt: null,
      },
    };
  }
  // The owner speaks of the kind, not of who holds it.
  return main.kind === keyKind
    ? null
    : { change: 'changed', key: { ...main, kind: keyKind, batteryEndsOn: null } };
}

/** A request for several keys names several serials: none of them is surely the one. */
function singleSerial(serial: string | null, quantity: number): string | null {
  const text = serial?.trim() ?? '';
  return quantity === 1 && text !== '' && text.length <= MAX_SERIAL_LENGTH ? text : null;
}
