import { stringify } from 'csv-stringify/sync';
import type { AccountRow, ScanReport } from './account-row.ts';

/** The report as JSON, one account a line: large files stay readable and comparable. */
export function reportAsJson(report: ScanReport): string {
  const { accounts, ...head } = report;
  const opening = JSON.stringify(head).slice(0, -1);
  if (accounts.length === 0) return `${opening},"accounts":[]}\n`;
  return `${opening},"accounts":[\n${accounts.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`;
}

/** The accounts as CSV: one header line, no cell that a spreadsheet would take for a formula. */
export function rowsAsCsv(rows: readonly AccountRow[]): string {
  return stringify(
    rows.map((row) => COLUMNS.map(([, cell]) => harmless(cell(row)))),
    {
      header: true,
      columns: COLUMNS.map(([header]) => header),
      record_delimiter: '\n',
      cast: { boolean: String },
    },
  );
}

const COLUMNS: readonly Column<AccountRow>[] = [
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

type Column<Row> = readonly [string, (row: Row) => string | number | boolean | null];

/** https://owasp.org/www-community/attacks/CSV_Injection, and the full-width forms that spreadsheets fold. */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/u;

function harmless(cell: string | number | boolean | null): string | number | boolean | null {
  return typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : cell;
}
