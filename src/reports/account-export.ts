import type { AccountRow, ScanReport } from './account-row.ts';
import { type Column, toCsv } from './csv.ts';
import { guardrailsCell } from './guardrails-row.ts';

/** Returns the report as JSON, one account a line: large files stay readable and comparable. */
export function reportAsJson(report: ScanReport): string {
  const { accounts, ...head } = report;
  const opening = JSON.stringify(head).slice(0, -1);
  if (accounts.length === 0) return `${opening},"accounts":[]}\n`;
  return `${opening},"accounts":[\n${accounts.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`;
}

/** Returns the accounts as CSV: one header line, safe to open in a spreadsheet. */
export function rowsAsCsv(rows: readonly AccountRow[]): string {
  return toCsv(ACCOUNT_COLUMNS, rows);
}

/** One row of the export; an account that was never read has no `checkedAt`. */
export interface ExportedAccountRow extends Omit<AccountRow, 'checkedAt'> {
  readonly checkedAt: string | null;
}

/** The columns are a contract: new ones come at the end. */
export const ACCOUNT_COLUMNS: readonly Column<ExportedAccountRow>[] = [
  ['accountId', (row) => row.accountId],
  ['name', (row) => row.name],
  ['partition', (row) => row.partition],
  ['state', (row) => row.state],
  ['managementAccount', (row) => row.managementAccount],
  ['orgUnit', (row) => row.orgUnit],
  ['owner', (row) => row.owner],
  ['requiredLevel', (row) => row.requiredLevel],
  ['mfa', (row) => row.mfa],
  ['level1', (row) => row.level1],
  ['level2', (row) => row.level2],
  ['rootCredentials', (row) => row.rootCredentials],
  ['confidence', (row) => row.confidence],
  ['flags', (row) => row.flags.join(' ')],
  ['why', (row) => row.why],
  ['compliance', (row) => row.compliance],
  ['checkedAt', (row) => row.checkedAt],
  ['errors', (row) => row.errors.map(({ call, code, message }) => `${call} ${code}: ${message}`).join('; ')],
  ['rootCredentialsWhy', (row) => row.rootCredentialsWhy],
  ['guardrails', (row) => guardrailsCell(row.guardrails)],
];
