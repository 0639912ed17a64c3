import { asJson, asList, asText, type Json } from './json.ts';

/** All the words that blocks show, a line for each block, row or field: what a person could read aloud. */
export function shownIn(blocks: readonly Json[]): string {
  return blocks.map(wordsOf).filter(Boolean).join('\n');
}

function wordsOf(block: Json): string {
  switch (block['type']) {
    case 'table':
    case 'data_table':
      return [asText(block['caption']), ...rowsOf(block['rows'])].filter(Boolean).join('\n');
    case 'data_visualization':
      return asText(block['title']);
    case 'markdown':
    case 'alert':
      return wordsIn(block['text']);
    case 'image':
      return wordsIn(block['title']) || asText(block['alt_text']);
    default:
      return [
        wordsIn(block['text']),
        ...asList(block['fields']).map(wordsIn),
        wordsIn(block['label']),
        wordsIn(block['hint']),
        wordsIn(asJson(block['accessory'])['text']),
        wordsIn(asJson(block['element'])['text']),
        asList(block['elements']).map(inlineWords).filter(Boolean).join(' '),
      ]
        .filter(Boolean)
        .join('\n');
  }
}

function rowsOf(rows: unknown): readonly string[] {
  return Array.isArray(rows)
    ? rows.map((row) =>
        asList(row)
          .map((cell) => wordsIn(cell['text']) || inlineWords(cell))
          .join(' | '),
      )
    : [];
}

function wordsIn(text: unknown): string {
  return typeof text === 'string' ? text : asText(asJson(text)['text']);
}

function inlineWords(element: Json): string {
  if (Array.isArray(element['elements'])) {
    const separator = element['type'] === 'rich_text_list' ? '\n' : '';
    return asList(element['elements']).map(inlineWords).join(separator);
  }
  const named = element['user_id'] ?? element['channel_id'] ?? element['name'];
  return (
    wordsIn(element['text']) ||
    asText(element['url']) ||
    (named === undefined ? '' : `${element['type'] === 'emoji' ? ':' : '@'}${String(named)}`) ||
    asText(element['alt_text'])
  );
}
