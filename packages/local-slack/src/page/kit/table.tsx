import type { DataTableBlock, TableBlock } from '@slack/types';
import { useState } from 'preact/hooks';
import { Icon } from '../icons.tsx';
import { replaceShortcodes } from './emoji.ts';
import { RichText } from './rich-text.tsx';
import {
  type Cell,
  cellText,
  isNumeric,
  nextSorting,
  pageOf,
  type Sorting,
  sortedRows,
} from './table-rows.ts';

const ROWS_ON_A_PAGE = 5;

/** A data table: sorted by a press on a column's title, and turned page by page. */
export function DataTable({ block }: { readonly block: DataTableBlock }) {
  const [sorting, setSorting] = useState<Sorting>();
  const [turned, setTurned] = useState(0);
  const [header = [], ...body] = block.rows;
  const pageSize = block.page_size ?? ROWS_ON_A_PAGE;
  const { rows, page, pages } = pageOf(sortedRows(body, sorting), turned, pageSize);
  const headerColumn = block.row_header_column_index ?? 0;

  return (
    <figure class="data-table" data-testid="data-table">
      <figcaption class="data-table__caption">
        <strong>{replaceShortcodes(block.caption)}</strong>
        <span class="quiet">
          {body.length} {body.length === 1 ? 'row' : 'rows'}
        </span>
      </figcaption>
      <div class="data-table__scroll">
        <table>
          <thead>
            <tr>
              {header.map((cell, column) => {
                const direction = sorting?.column === column ? sorting.direction : undefined;
                return (
                  <th
                    key={cellText(cell)}
                    scope="col"
                    class={isNumeric(body, column) ? 'number' : ''}
                    aria-sort={direction ?? 'none'}
                  >
                    <button
                      type="button"
                      onClick={() => {
                        setSorting(nextSorting(sorting, column));
                        setTurned(0);
                      }}
                    >
                      {replaceShortcodes(cellText(cell))}
                      <SortMark direction={direction} />
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.map(cellText).join('\u0000')}>
                {row.map((cell, column) =>
                  column === headerColumn ? (
                    <th key={column} scope="row" class={cell.type === 'raw_number' ? 'number' : ''}>
                      <CellContent cell={cell} />
                    </th>
                  ) : (
                    <td key={column} class={cell.type === 'raw_number' ? 'number' : ''}>
                      <CellContent cell={cell} />
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <div class="data-table__pager">
          <span class="quiet">
            {page * pageSize + 1}–{page * pageSize + rows.length} of {body.length}
          </span>
          <button
            type="button"
            class="icon-button"
            aria-label="Previous page"
            disabled={page === 0}
            onClick={() => setTurned(page - 1)}
          >
            <Icon name="left" size={16} />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label="Next page"
            disabled={page === pages - 1}
            onClick={() => setTurned(page + 1)}
          >
            <Icon name="right" size={16} />
          </button>
        </div>
      )}
    </figure>
  );
}

/** A plain table, as it came. */
export function PlainTable({ block }: { readonly block: TableBlock }) {
  const settings = block.column_settings ?? [];
  return (
    <div class="data-table data-table--plain">
      <div class="data-table__scroll">
        <table>
          <tbody>
            {block.rows.map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) => {
                  const { align, is_wrapped: isWrapped } = settings[column] ?? {};
                  const style = {
                    ...(align && { textAlign: align }),
                    ...(isWrapped && { whiteSpace: 'normal' as const }),
                  };
                  const Tag = index === 0 ? 'th' : 'td';
                  return (
                    <Tag
                      key={column}
                      style={style}
                      class={cell.type === 'raw_number' && !align ? 'number' : ''}
                    >
                      <CellContent cell={cell} />
                    </Tag>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function CellContent({ cell }: { readonly cell: Cell }) {
  return cell.type === 'rich_text' ? <RichText block={cell} /> : replaceShortcodes(cell.text);
}

function SortMark({ direction }: { readonly direction: Sorting['direction'] | undefined }) {
  return (
    <svg
      class={`sort-mark ${direction ? 'sort-mark--on' : ''}`}
      width="10"
      height="14"
      viewBox="0 0 10 14"
      aria-hidden="true"
    >
      <path d="M5 1l3.5 4.5h-7z" opacity={direction === 'descending' ? 0.25 : 1} />
      <path d="M5 13l3.5-4.5h-7z" opacity={direction === 'ascending' ? 0.25 : 1} />
    </svg>
  );
}
