import type { AccountRow, ScanReport } from './account-row.ts';
import { asCsv, type Column } from './csv.ts';

/** The report as JSON, one account a line: large files stay readable and comparable. */
export function reportAsJson(report: ScanReport): string {
  const { accounts, ...head } = report;
  const opening = JSON.stringify(head).slice(0, -1);
  if (accounts.length === 0) return `${opening},"accounts":[]}\n`;
  return `${opening},"accounts":[\n${accounts.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`;
}

/** The accounts as CSV: one header line, no cell that a spreadsheet would take for a formula. */
export function rowsAsCsv(rows: readonly AccountRow[]): string {
  return asCsv(ACCOUNT_COLUMNS, rows);
}

/** What the columns tell; an account that was never read has no time of reading. */
export interface ColumnsOfAccount extends Omit<AccountRow, 'checkedAt'> {
  readonly checkedAt: string | null;
}

/** The columns are a contract: new ones come at the end. */
export const ACCOUNT_COLUMNS: readonly Column<ColumnsOfAccount>[] = [
  ['accountId', (row) => row.accountId],
  ['name', (row) => row.name],
  ['partition', (row) => row.partition],
  ['state', (row) => row.state],
  ['managementAccount', (row) => row.managementAccount],
  ['orgUnit', (row) => row.orgUnit],
  ['owner', (row) => row.owner],
  ['levelAsked', (row) => row.levelAsked],
  ['mfa', (row) => row.mfa],
  ['level1', (row) => row.level1],
  ['level2', (row) => row.level2],
  ['confidence', (row) => row.confidence],
  ['flags', (row) => row.flags.join(' ')],
  ['why', (row) => row.why],
  ['standing', (row) => row.standing],
  ['checkedAt', (row) => row.checkedAt],
  ['errors', (row) => row.errors.map(({ call, code, message }) => `${call} ${code}: ${message}`).join('; ')],
];
