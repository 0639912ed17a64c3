import { CsvError, parse } from 'csv-parse/sync';
import { distance } from 'fastest-levenshtein';
import type { KeyImportError, KeyImportRow } from '../domain/key-register/key-import.ts';
import { EXPORT_ONLY_KEY_COLUMNS, IMPORTED_KEY_COLUMNS } from './key-export.ts';

export type ParsedKeyFile =
  | { readonly kind: 'rows'; readonly rows: readonly KeyImportRow[] }
  | { readonly kind: 'errors'; readonly errors: readonly KeyImportError[] };

const REQUIRED_COLUMNS = ['accountId', 'role', 'kind'] as const;
const KNOWN_COLUMNS: readonly string[] = [...IMPORTED_KEY_COLUMNS, ...EXPORT_ONLY_KEY_COLUMNS];

/** Parses a CSV file of keys. The columns are those of the export; their order does not matter. */
export function parseKeyFile(content: string): ParsedKeyFile {
  let records: readonly CsvRecord[];
  try {
    records = parse(content, { bom: true, info: true, skip_empty_lines: true, trim: true }) as never;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error['lines'] ?? 1);
    return { kind: 'errors', errors: [{ line, problem: error.message }] };
  }
  const [header, ...lines] = records;
  const names = header?.record ?? [];
  const problems = headerProblems(names);
  if (problems.length > 0) {
    return { kind: 'errors', errors: problems.map((problem) => ({ line: 1, problem })) };
  }
  const cell = (record: readonly string[], name: string) =>
    withoutTextMark(record[names.indexOf(name)] ?? '');
  return {
    kind: 'rows',
    rows: lines.map(({ record, info }) => ({
      line: info.lines,
      accountId: cell(record, 'accountId'),
      role: cell(record, 'role'),
      kind: cell(record, 'kind'),
      holder: cell(record, 'holder'),
      place: cell(record, 'place'),
      serial: cell(record, 'serial'),
      batteryEndsOn: cell(record, 'batteryEndsOn'),
    })),
  };
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function headerProblems(names: readonly string[]): string[] {
  const missing = REQUIRED_COLUMNS.filter((name) => !names.includes(name));
  const unknown = names.filter((name) => !KNOWN_COLUMNS.includes(name));
  const doubled = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...missing.map((name) => `there is no column ${name}: expected ${IMPORTED_KEY_COLUMNS.join(', ')}`),
    ...unknown.map((name) => `there is no column ${JSON.stringify(name)}: did you mean ${nearest(name)}?`),
    ...[...new Set(doubled)].map((name) => `the column ${name} is there twice`),
  ];
}

/** A spreadsheet keeps leading zeros after an apostrophe, which the export writes. */
function withoutTextMark(cell: string): string {
  return cell.replace(/^'(?=[\d=+\-@])/, '');
}

function nearest(name: string): string {
  const away = (known: string) => distance(known.toLowerCase(), name.toLowerCase());
  return KNOWN_COLUMNS.reduce((best, known) => (away(known) < away(best) ? known : best));
}
