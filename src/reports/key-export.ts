import { type Column, csvChunks } from './csv.ts';

/** One key of the register as admins and auditors get it; an account without a key has one row, with `role` empty. */
export interface KeyRow {
  readonly accountId: string;
  readonly accountName: string;
  /** How many MFA devices root has; `null`: AWS did not list them. */
  readonly rootDevices: number | null;
  /** `fido:1 virtual:1` */
  readonly rootDeviceKinds: string | null;
  /** `main` or `spare`. */
  readonly role: string | null;
  readonly kind: string | null;
  /** A Slack user id. */
  readonly holder: string | null;
  readonly place: string | null;
  readonly serial: string | null;
  /** `2027-03-31` */
  readonly batteryEndsOn: string | null;
  /** ISO 8601, UTC. */
  readonly confirmedAt: string | null;
  /** Of the account, separated by blanks: `one-device-only no-spare-named`. */
  readonly findings: string;
}

/** Columns that people fill in; a file with these can be imported. */
export const IMPORTED_KEY_COLUMNS = [
  'accountId',
  'role',
  'kind',
  'holder',
  'place',
  'serial',
  'batteryEndsOn',
] as const;

/** Columns that an export has besides; an import leaves them alone. */
export const EXPORT_ONLY_KEY_COLUMNS = [
  'accountName',
  'rootDevices',
  'rootDeviceKinds',
  'confirmedAt',
  'findings',
] as const;

/** Returns the key register as CSV, in chunks. */
export function keysAsCsv(rows: Iterable<KeyRow>): Generator<string> {
  return csvChunks(KEY_COLUMNS, rows);
}

const KEY_COLUMNS: readonly Column<KeyRow>[] = [
  ['accountId', (row) => row.accountId],
  ['accountName', (row) => row.accountName],
  ['rootDevices', (row) => row.rootDevices],
  ['rootDeviceKinds', (row) => row.rootDeviceKinds],
  ['role', (row) => row.role],
  ['kind', (row) => row.kind],
  ['holder', (row) => row.holder],
  ['place', (row) => row.place],
  ['serial', (row) => row.serial],
  ['batteryEndsOn', (row) => row.batteryEndsOn],
  ['confirmedAt', (row) => row.confirmedAt],
  ['findings', (row) => row.findings],
];
