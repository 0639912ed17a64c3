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
  type Rule,
  string,
  type Tell,
  unique,
} from './rules.ts';
import { anyText, plainText, rawCells } from './text.ts';

type Fields = { readonly [field: string]: unknown };

const uniqueActionIds = (fields: Fields, at: string, tell: Tell): void => {
  const elements = Array.isArray(fields['elements']) ? fields['elements'] : [];
  unique(
    elements.map((one, index) => ({
      key: fieldsOf(one)?.['action_id'],
      at: `${at}/elements/${index}/action_id`,
    })),
    'action_id',
    tell,
  );
};

const section: ObjectShape = {
  fields: { text: anyText(3000), fields: list(anyText(2000), 10), accessory, expand: boolean },
  also: (fields, at, tell) => {
    if (fields['text'] === undefined && fields['fields'] === undefined)
      tell(at, 'must define either `text` or `fields`');
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

const everywhere = {
  header: { fields: { text: plainText(150) }, required: ['text'] },
  section,
  context: { fields: { elements: list(contextElement, 10) }, required: ['elements'] },
  actions: {
    fields: { elements: list(actionElement, 25) },
    required: ['elements'],
    also: uniqueActionIds,
  },
  divider: { fields: {} },
  image: imageBlock,
  input,
  rich_text: richText,
} satisfies { readonly [type: string]: ObjectShape };

const TABLE_TEXT = 10_000;

function textIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + textIn(one), 0);
  const fields = fieldsOf(value);
  if (!fields) return 0;
  return Object.entries(fields).reduce(
    (sum, [field, one]) => sum + (field === 'text' && typeof one === 'string' ? lengthOf(one) : textIn(one)),
    0,
  );
}

/** How many characters of text a block shows, its buttons and options included. */
export const shownText = textIn;

/** Rows of equal length, and no more text than a table may hold. */
function evenRows(fields: Fields, at: string, tell: Tell): void {
  const rows = Array.isArray(fields['rows']) ? fields['rows'] : [];
  const width = Array.isArray(rows[0]) ? rows[0].length : 0;
  rows.forEach((row, index) => {
    if (Array.isArray(row) && row.length !== width)
      tell(`${at}/rows/${index}`, `must have the same number of cells as the first row: ${width}`);
  });
  if (textIn(rows) > TABLE_TEXT)
    tell(`${at}/rows`, `must have less than ${TABLE_TEXT + 1} characters in all cells`);
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
  also: evenRows,
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
  also: (fields, at, tell) => {
    evenRows(fields, at, tell);
    const rows = Array.isArray(fields['rows']) ? fields['rows'] : [];
    const header = Array.isArray(rows[0]) ? rows[0] : [];
    header.forEach((one, index) => {
      headerCell(one, `${at}/rows/0/${index}`, tell);
    });
    const identifying = fields['row_header_column_index'];
    if (typeof identifying === 'number' && identifying >= header.length)
      tell(`${at}/row_header_column_index`, `must be less than ${header.length}`);
  },
};

const SERIES = 6;
const POINTS = 20;
const label = string(20);
const point = object({ fields: { label, value: number }, required: ['label', 'value'] });

/** Every series has a value for every category, in one order, and a name of its own. */
function wholeSeries(fields: Fields, at: string, tell: Tell): void {
  const axis = fieldsOf(fields['axis_config'])?.['categories'];
  const categories = Array.isArray(axis) ? axis : [];
  const series = Array.isArray(fields['series']) ? fields['series'] : [];
  unique(
    series.map((one, index) => ({ key: fieldsOf(one)?.['name'], at: `${at}/series/${index}/name` })),
    'name',
    tell,
  );
  series.forEach((one, index) => {
    const data = fieldsOf(one)?.['data'];
    const labels = Array.isArray(data) ? data.map((each) => fieldsOf(each)?.['label']) : [];
    if (JSON.stringify(labels) !== JSON.stringify(categories))
      tell(`${at}/series/${index}/data`, 'must have a value for every category');
  });
}

const overCategories: ObjectShape = {
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
  also: wholeSeries,
};

const pie: ObjectShape = {
  fields: { segments: list(point, SERIES) },
  required: ['segments'],
  also: (fields, at, tell) => {
    const segments = Array.isArray(fields['segments']) ? fields['segments'] : [];
    segments.forEach((one, index) => {
      const value = fieldsOf(one)?.['value'];
      if (typeof value === 'number' && value <= 0)
        tell(`${at}/segments/${index}/value`, 'must be greater than 0');
    });
  },
};

const dataVisualization: ObjectShape = {
  fields: {
    title: string(50),
    chart: byType({ line: overCategories, bar: overCategories, area: overCategories, pie }),
  },
  required: ['title', 'chart'],
};

const inMessages = {
  ...everywhere,
  markdown: { fields: { text: string(12_000) }, required: ['text'] },
  table,
  data_table: dataTable,
  data_visualization: dataVisualization,
  context_actions: {
    fields: { elements: list(contextActionElement, 5) },
    required: ['elements'],
    also: uniqueActionIds,
  },
} satisfies { readonly [type: string]: ObjectShape };

const inModals = {
  ...everywhere,
  alert: {
    fields: { text: anyText(200), level: oneOf('default', 'info', 'warning', 'error', 'success') },
    required: ['text'],
  },
} satisfies { readonly [type: string]: ObjectShape };

function surface(shapes: { readonly [type: string]: ObjectShape }, max: number): Rule {
  const named = Object.fromEntries(
    Object.entries(shapes).map(([type, shape]) => [
      type,
      { ...shape, fields: { ...shape.fields, block_id: string(255) } },
    ]),
  );
  const eachBlock = list(byType(named), max, 0);
  return (value, at, tell) => {
    eachBlock(value, at, tell);
    if (!Array.isArray(value)) return;
    unique(
      value.map((block, index) => ({ key: fieldsOf(block)?.['block_id'], at: `${at}/${index}/block_id` })),
      'block_id',
      tell,
    );
  };
}

/** Rule: the blocks of a message. */
export const messageBlocks = surface(inMessages, 50);
/** Rule: the blocks of a modal. */
export const modalBlocks = surface(inModals, 100);
/** Rule: the blocks of an App Home. */
export const homeBlocks = surface(everywhere, 100);
