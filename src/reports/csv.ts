import { stringify } from 'csv-stringify/sync';

/** A column: its header, and its cell of a row. */
export type Column<Row> = readonly [string, (row: Row) => Cell];
type Cell = string | number | boolean | null;

/**
 * Returns rows as lines of CSV, with or without the header line, safe to open in a spreadsheet: no cell becomes a
 * formula, no id loses its leading zeros. The byte order mark before the header says that it is UTF-8.
 */
export function toCsv<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { header = true }: { readonly header?: boolean } = {},
): string {
  return stringify(
    rows.map((row) => columns.map(([, cell]) => keepAsText(cell(row)))),
    {
      header,
      bom: header,
      columns: columns.map(([name]) => name),
      record_delimiter: '\n',
      // By itself it quotes a line feed only; a bare carriage return ends a line, too.
      quoted_match: /\r/,
      cast: { boolean: String },
    },
  );
}

/** https://owasp.org/www-community/attacks/CSV_Injection, and the full-width forms that spreadsheets fold. */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/u;
/** Where the list separator is a semicolon, a cell is split there and at its line breaks: the parts must be harmless, too. */
const FORMULA_AFTER_SEPARATOR = /(?<=[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠])/gu;

/** Digits that a spreadsheet would change: it drops leading zeros, and rounds what has more than 15 digits. */
const CHANGED_NUMBER = /^(0\d+|\d{16,})$/;

function keepAsText(cell: Cell): Cell {
  if (typeof cell !== 'string') return cell;
  const neutralized = cell.replace(FORMULA_AFTER_SEPARATOR, "'");
  return FORMULA.test(neutralized) || CHANGED_NUMBER.test(neutralized) ? `'${neutralized}` : neutralized;
}

/** Rows in one chunk: between chunks the event loop gets a turn. */
export const ROWS_PER_CHUNK = 250;

/** Returns rows as CSV with its header, in chunks. */
export function* csvChunks<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Generator<string> {
  yield toCsv(columns, []);
  let chunk: Row[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length < ROWS_PER_CHUNK) continue;
    yield toCsv(columns, chunk, { header: false });
    chunk = [];
  }
  if (chunk.length > 0) yield toCsv(columns, chunk, { header: false });
}
