import { daysAfter, localDate } from '../domain/calendar.ts';
import type { KeyImportRow } from '../domain/key-register/key-import.ts';
import { PEOPLE } from './company.ts';

const { sam, chloe, ana, frank } = PEOPLE;

/** Returns the keys that the company had registered before the demo begins: some are well kept, some are not. */
export function companyKeys(now: Date): readonly KeyImportRow[] {
  const soon = localDate(daysAfter(now, 45, 'UTC'), 'UTC');
  const rows: readonly Omit<KeyImportRow, 'line'>[] = [
    // security-tooling: two people, two places, and a battery that ends.
    {
      ...aKey('100020003001', 'main', sam.id),
      kind: 'totp-token',
      serial: 'A1047',
      batteryEndsOn: soon,
    },
    {
      ...aKey('100020003001', 'spare', chloe.id),
      kind: 'totp-token',
      serial: 'A1048',
      place: 'safe 1, Paris office',
    },
    // payments-ledger: both keys in one bag.
    { ...aKey('111122224444', 'main', ana.id), serial: '18273645' },
    { ...aKey('111122224444', 'spare', ana.id), serial: '18273646' },
    // web-shop: the holder has left, and no one knows of a spare.
    aKey('222233330001', 'main', frank.id),
  ];
  return rows.map((row, index) => ({ ...row, line: index + 1 }));
}

function aKey(accountId: string, role: 'main' | 'spare', holder: string): Omit<KeyImportRow, 'line'> {
  return { accountId, role, kind: 'security-key', holder, place: '', serial: '', batteryEndsOn: '' };
}
