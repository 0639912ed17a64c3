import { daysAfter, localDate } from '../calendar.ts';
import type { SlackUserId } from '../person.ts';
import { type RootDeviceCounts, totalDevices } from '../root-devices.ts';
import { hasHardwareMfa, hasNoRootSignIn } from '../token-request.ts';
import type { Mfa } from '../verdict.ts';
import { confirmationDueAt, type RegisteredKey } from './registered-key.ts';

/** What is weak about the keys of an account, the most pressing first. None of them changes the verdict. */
export const KEY_FINDINGS = [
  'holder-left',
  'one-device-only',
  'battery-ends',
  'both-held-by-one-person',
  'no-spare-named',
  'not-confirmed',
] as const;
export type KeyFindingKind = (typeof KEY_FINDINGS)[number];

export interface KeyFinding {
  readonly kind: KeyFindingKind;
  /** The keys it is about; none where it is about the account. */
  readonly keys: readonly RegisteredKey[];
}

/** The keys of one account: what AWS lists, and what the register says. */
export interface KeyedAccount {
  /** `null`: not checked yet. */
  readonly mfa: Mfa | null;
  /** `null`: no root session listed them. */
  readonly devices: RootDeviceCounts | null;
  readonly keys: readonly RegisteredKey[];
}

const BATTERY_NOTICE_DAYS = 60;

/** Returns what is weak about the keys of an account. `hasLeft` says who is no longer in the company. */
export function keyFindings(
  { mfa, devices, keys }: KeyedAccount,
  hasLeft: (holder: SlackUserId) => boolean,
  now: Date,
): KeyFinding[] {
  if (mfa !== null && hasNoRootSignIn(mfa)) return [];
  const hasKeys = keys.length > 0 || (mfa !== null && hasHardwareMfa(mfa));
  const [first] = keys;
  const isHeldByOne =
    first !== undefined &&
    keys.length > 1 &&
    first.holder !== null &&
    keys.every(({ holder }) => holder === first.holder);
  const lastDay = localDate(daysAfter(now, BATTERY_NOTICE_DAYS, 'UTC'), 'UTC');
  const keysFor: Readonly<Record<KeyFindingKind, readonly RegisteredKey[] | boolean>> = {
    'holder-left': keys.filter(({ holder }) => holder !== null && hasLeft(holder)),
    'one-device-only': devices !== null && totalDevices(devices) === 1,
    'battery-ends': keys.filter(({ batteryEndsOn }) => batteryEndsOn !== null && batteryEndsOn <= lastDay),
    'both-held-by-one-person': isHeldByOne && keys,
    'no-spare-named': hasKeys && !keys.some(({ role }) => role === 'spare'),
    'not-confirmed': keys.filter((key) => now >= confirmationDueAt(key)),
  };
  return KEY_FINDINGS.flatMap((kind): KeyFinding[] => {
    const about = keysFor[kind];
    if (about === true) return [{ kind, keys: [] }];
    return about === false || about.length === 0 ? [] : [{ kind, keys: about }];
  });
}

/** Returns whether the register has something to say of an account: root has a device, or a key is named. */
export function isInRegister({ mfa, devices, keys }: KeyedAccount): boolean {
  if (keys.length > 0) return true;
  if (mfa === null || hasNoRootSignIn(mfa)) return false;
  return hasHardwareMfa(mfa) || (devices !== null && totalDevices(devices) > 0);
}
