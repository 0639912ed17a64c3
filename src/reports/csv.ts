import { stringify } from 'csv-stringify/sync';

/** A column: its header, and its cell of a row. */
export type Column<Row> = readonly [string, (row: Row) => Cell];
type Cell = string | number | boolean | null;

/** Rows as lines of CSV, with or without the header line; no cell is taken for a formula by a spreadsheet. */
export function toCsv<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { header = true }: { readonly header?: boolean } = {},
): string {
  return stringify(
    rows.map((row) => columns.map(([, cell]) => neutralizeFormulas(cell(row)))),
    { header, columns: columns.map(([name]) => name), record_delimiter: '\n', cast: { boolean: String } },
  );
}

/** https://owasp.org/www-community/attacks/CSV_Injection, and the full-width forms that spreadsheets fold. */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/u;
/** Where the list separator is a semicolon, a cell is split there, and at its line breaks; the rest must be harmless, too. */
const FORMULA_AFTER_SEPARATOR = /(?<=[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠])/gu;

function neutralizeFormulas(cell: Cell): Cell {
  if (typeof cell !== 'string') return cell;
  const neutralized = cell.replace(FORMULA_AFTER_SEPARATOR, "'");
  return FORMULA.test(neutralized) ? `'${neutralized}` : neutralized;
}
