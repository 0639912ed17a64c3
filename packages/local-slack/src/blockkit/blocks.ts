import {
  accessory,
  actionElement,
  contextActionElement,
  contextElement,
  imageBlock,
  inputElement,
} from './elements.ts';
import { richText } from './rich-text.ts';
import {
  boolean,
  byType,
  fieldsOf,
  integer,
  lengthOf,
  list,
  number,
  type ObjectShape,
  object,
  oneOf,
  type ReportProblem,
  type Rule,
  string,
  unique,
} from './rules.ts';
import { anyText, plainText, rawCells } from './text.ts';

type Fields = { readonly [field: string]: unknown };

const uniqueActionIds = (fields: Fields, pointer: string, report: ReportProblem): void => {
  const elements = Array.isArray(fields['elements']) ? fields['elements'] : [];
  unique(
    elements.map((item, index) => ({
      key: fieldsOf(item)?.['action_id'],
      at: `${pointer}/elements/${index}/action_id`,
    })),
    'action_id',
    report,
  );
};

const section: ObjectShape = {
  fields: { text: anyText(3000), fields: list(anyText(2000), 10), accessory, expand: boolean },
  extraRule: (fields, pointer, report) => {
    if (fields['text'] === undefined && fields['fields'] === undefined)
      report(pointer, 'must define either `text` or `fields`');
  },
};

const input: ObjectShape = {
  fields: {
    label: plainText(2000),
    hint: plainText(2000),
    optional: boolean,
    element: inputElement,
    dispatch_action: boolean,
  },
  required: ['label', 'element'],
};

const commonBlocks = {
  header: { fields: { text: plainText(150) }, required: ['text'] },
  section,
  context: { fields: { elements: list(contextElement, 10) }, required: ['elements'] },
  actions: {
    fields: { elements: list(actionElement, 25) },
    required: ['elements'],
    extraRule: uniqueActionIds,
  },
  divider: { fields: {} },
  image: imageBlock,
  input,
  rich_text: richText,
} satisfies { readonly [type: string]: ObjectShape };

const TABLE_TEXT = 10_000;

function textIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textIn(item), 0);
  const fields = fieldsOf(value);
  if (!fields) return 0;
  return Object.entries(fields).reduce(
    (sum, [field, item]) =>
      sum + (field === 'text' && typeof item === 'string' ? lengthOf(item) : textIn(item)),
    0,
  );
}

/** How many characters of text a block shows, its buttons and options included. */
export const shownText = textIn;

/** Rows of equal length, and no more text than a table may hold. */
function requireEqualRowLengths(fields: Fields, pointer: string, report: ReportProblem): void {
  const rows = Array.isArray(fields['rows']) ? fields['rows'] : [];
  const width = Array.isArray(rows[0]) ? rows[0].length : 0;
  rows.forEach((row, index) => {
    if (Array.isArray(row) && row.length !== width)
      report(`${pointer}/rows/${index}`, `must have the same number of cells as the first row: ${width}`);
  });
  if (textIn(rows) > TABLE_TEXT)
    report(`${pointer}/rows`, `must have less than ${TABLE_TEXT + 1} characters in all cells`);
}

const cell = byType({ ...rawCells, rich_text: richText });
const headerCell = byType(rawCells);

const table: ObjectShape = {
  fields: {
    rows: list(list(cell, 20), 100),
    column_settings: list(
      object({ fields: { align: oneOf('left', 'center', 'right'), is_wrapped: boolean } }),
      20,
      0,
    ),
  },
  required: ['rows'],
  extraRule: requireEqualRowLengths,
};

const dataTable: ObjectShape = {
  fields: {
    // A header and 1 to 100 rows.
    rows: list(list(cell, 20), 101, 2),
    caption: string(2000),
    page_size: integer(1, 100),
    row_header_column_index: integer(0, 19),
  },
  required: ['rows', 'caption'],
  extraRule: (fields, pointer, report) => {
    requireEqualRowLengths(fields, pointer, report);
    const rows = Array.isArray(fields['rows']) ? fields['rows'] : [];
    const header = Array.isArray(rows[0]) ? rows[0] : [];
    header.forEach((item, index) => {
      headerCell(item, `${pointer}/rows/0/${index}`, report);
    });
    const identifying = fields['row_header_column_index'];
    if (typeof identifying === 'number' && identifying >= header.length)
      report(`${pointer}/row_header_column_index`, `must be less than ${header.length}`);
  },
};

const SERIES = 6;
const POINTS = 20;
const label = string(20);
const point = object({ fields: { label, value: number }, required: ['label', 'value'] });

/** Every series has a value for every category, in one order, and a name of its own. */
function requireCompleteSeries(fields: Fields, pointer: string, report: ReportProblem): void {
  const axis = fieldsOf(fields['axis_config'])?.['categories'];
  const categories = Array.isArray(axis) ? axis : [];
  const series = Array.isArray(fields['series']) ? fields['series'] : [];
  unique(
    series.map((item, index) => ({ key: fieldsOf(item)?.['name'], at: `${pointer}/series/${index}/name` })),
    'name',
    report,
  );
  series.forEach((item, index) => {
    const data = fieldsOf(item)?.['data'];
    const labels = Array.isArray(data) ? data.map((each) => fieldsOf(each)?.['label']) : [];
    if (JSON.stringify(labels) !== JSON.stringify(categories))
      report(`${pointer}/series/${index}/data`, 'must have a value for every category');
  });
}

const categoryChart: ObjectShape = {
  fields: {
    series: list(
      object({ fields: { name: label, data: list(point, POINTS) }, required: ['name', 'data'] }),
      SERIES,
    ),
    axis_config: object({
      fields: { categories: list(label, POINTS), x_label: string(50), y_label: string(50) },
      required: ['categories'],
    }),
  },
  required: ['series', 'axis_config'],
  extraRule: requireCompleteSeries,
};

const pie: ObjectShape = {
  fields: { segments: list(point, SERIES) },
  required: ['segments'],
  extraRule: (fields, pointer, report) => {
    const segments = Array.isArray(fields['segments']) ? fields['segments'] : [];
    segments.forEach((item, index) => {
      const value = fieldsOf(item)?.['value'];
      if (typeof value === 'number' && value <= 0)
        report(`${pointer}/segments/${index}/value`, 'must be greater than 0');
    });
  },
};

const dataVisualization: ObjectShape = {
  fields: {
    title: string(50),
    chart: byType({ line: categoryChart, bar: categoryChart, area: categoryChart, pie }),
  },
  required: ['title', 'chart'],
};

const messageOnlyBlocks = {
  ...commonBlocks,
  markdown: { fields: { text: string(12_000) }, required: ['text'] },
  table,
  data_table: dataTable,
  data_visualization: dataVisualization,
  context_actions: {
    fields: { elements: list(contextActionElement, 5) },
    required: ['elements'],
    extraRule: uniqueActionIds,
  },
} satisfies { readonly [type: string]: ObjectShape };

const modalOnlyBlocks = {
  ...commonBlocks,
  alert: {
    fields: { text: anyText(200), level: oneOf('default', 'info', 'warning', 'error', 'success') },
    required: ['text'],
  },
} satisfies { readonly [type: string]: ObjectShape };

function blocksForSurface(shapes: { readonly [type: string]: ObjectShape }, max: number): Rule {
  const named = Object.fromEntries(
    Object.entries(shapes).map(([type, shape]) => [
      type,
      { ...shape, fields: { ...shape.fields, block_id: string(255) } },
    ]),
  );
  const eachBlock = list(byType(named), max, 0);
  return (value, pointer, report) => {
    eachBlock(value, pointer, report);
    if (!Array.isArray(value)) return;
    unique(
      value.map((block, index) => ({
        key: fieldsOf(block)?.['block_id'],
        at: `${pointer}/${index}/block_id`,
      })),
      'block_id',
      report,
    );
  };
}

/** Rule: the blocks of a message. */
export const messageBlocks = blocksForSurface(messageOnlyBlocks, 50);
/** Rule: the blocks of a modal. */
export const modalBlocks = blocksForSurface(modalOnlyBlocks, 100);
/** Rule: the blocks of an App Home. */
export const homeBlocks = blocksForSurface(commonBlocks, 100);
