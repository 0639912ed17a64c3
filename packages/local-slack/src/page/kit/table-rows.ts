import type { DataTableBlock, RichTextBlock, RichTextElement } from '@slack/types';

/** What a cell of a table holds. */
export type Cell = DataTableBlock['rows'][number][number];

/** By which column a table is sorted, and which way. */
export interface Sorting {
  readonly column: number;
  readonly direction: 'ascending' | 'descending';
}

/** The sorting after a press on a column's title: ascending, descending, then as the rows came. */
export function nextSorting(sorting: Sorting | undefined, column: number): Sorting | undefined {
  if (sorting?.column !== column) return { column, direction: 'ascending' };
  return sorting.direction === 'ascending' ? { column, direction: 'descending' } : undefined;
}

/** Rows in the order of a sorting: numbers by their value, texts as a person would; equal rows keep their order. */
export function sortedRows(
  rows: readonly (readonly Cell[])[],
  sorting: Sorting | undefined,
): readonly (readonly Cell[])[] {
  if (!sorting) return rows;
  const { column, direction } = sorting;
  const sign = direction === 'ascending' ? 1 : -1;
  return rows.toSorted((a, b) => sign * compareCells(a[column], b[column]));
}

/** One page of the rows; page numbers start at 0 and one past the end is the last. */
export function pageOf<T>(
  rows: readonly T[],
  page: number,
  pageSize: number,
): { readonly rows: readonly T[]; readonly page: number; readonly pages: number } {
  const pages = Math.max(1, Math.ceil(rows.length / pageSize));
  const within = Math.min(Math.max(page, 0), pages - 1);
  return { rows: rows.slice(within * pageSize, (within + 1) * pageSize), page: within, pages };
}

/** Returns whether every filled cell of a column is a number, so that it is right-aligned. */
export function isNumeric(rows: readonly (readonly Cell[])[], column: number): boolean {
  return rows.length > 0 && rows.every((row) => row[column]?.type === 'raw_number');
}

/** The text of a cell, without its styles. */
export function cellText(cell: Cell | undefined): string {
  if (!cell) return '';
  return cell.type === 'rich_text' ? richTextPlain(cell) : cell.text;
}

/** The text of a rich text block, without its styles. */
export function richTextPlain(block: RichTextBlock): string {
  return block.elements
    .flatMap((element): readonly RichTextElement[] =>
      element.type === 'rich_text_list'
        ? element.elements.flatMap((item) => item.elements)
        : element.elements,
    )
    .map((element) => {
      switch (element.type) {
        case 'text':
          return element.text;
        case 'link':
          return element.text ?? element.url;
        case 'emoji':
          return `:${element.name}:`;
        case 'user':
          return `@${element.user_id}`;
        default:
          return '';
      }
    })
    .join('');
}

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compareCells(a: Cell | undefined, b: Cell | undefined): number {
  if (a?.type === 'raw_number' && b?.type === 'raw_number') return a.value - b.value;
  return collator.compare(cellText(a), cellText(b));
}
