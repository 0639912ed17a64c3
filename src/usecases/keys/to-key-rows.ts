import { type RootDeviceCounts, totalDevices } from '../../domain/root-devices.ts';
import type { KeyRow } from '../../reports/key-export.ts';
import type { Redactor } from '../evidence/redactor.ts';
import type { AccountKeys } from './read-key-register.ts';

/** Returns the rows of an account in a file: one for each key, or one without a key. */
export function toKeyRows(
  { account, devices, keys, findings }: AccountKeys,
  { person, text }: Redactor,
): KeyRow[] {
  const common = {
    accountId: account.id,
    accountName: account.name,
    rootDevices: devices && totalDevices(devices),
    rootDeviceKinds: devices && deviceKinds(devices),
    findings: findings.map(({ kind }) => kind).join(' '),
  };
  if (keys.length === 0) return [{ ...common, ...NO_KEY }];
  return keys.map(({ role, kind, holder, place, serial, batteryEndsOn, confirmedAt }) => ({
    ...common,
    role,
    kind,
    holder: holder && person(holder),
    place: place && text(place),
    serial,
    batteryEndsOn,
    confirmedAt: confirmedAt?.toISOString() ?? null,
  }));
}

const NO_KEY = {
  role: null,
  kind: null,
  holder: null,
  place: null,
  serial: null,
  batteryEndsOn: null,
  confirmedAt: null,
};

/** Returns `fido:1 virtual:1`. */
function deviceKinds(devices: RootDeviceCounts): string {
  return Object.entries(devices)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${kind}:${count}`)
    .join(' ');
}
