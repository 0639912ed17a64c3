import { asJson, asList, asText, type Json } from './json.ts';

/** All the words that blocks show, a line for each block, row or field: what a person could read aloud. */
export function visibleText(blocks: readonly Json[]): string {
  return blocks.map(blockText).filter(Boolean).join('\n');
}

function blockText(block: Json): string {
  switch (block['type']) {
    case 'table':
    case 'data_table':
      return [asText(block['caption']), ...tableRows(block['rows'])].filter(Boolean).join('\n');
    case 'data_visualization':
      return asText(block['title']);
    case 'markdown':
    case 'alert':
      return textContent(block['text']);
    case 'image':
      return textContent(block['title']) || asText(block['alt_text']);
    default:
      return [
        textContent(block['text']),
        ...asList(block['fields']).map(textContent),
        textContent(block['label']),
        textContent(block['hint']),
        textContent(asJson(block['accessory'])['text']),
        textContent(asJson(block['element'])['text']),
        asList(block['elements']).map(inlineText).filter(Boolean).join(' '),
      ]
        .filter(Boolean)
        .join('\n');
  }
}

function tableRows(rows: unknown): readonly string[] {
  return Array.isArray(rows)
    ? rows.map((row) =>
        asList(row)
          .map((cell) => textContent(cell['text']) || inlineText(cell))
          .join(' | '),
      )
    : [];
}

function textContent(text: unknown): string {
  return typeof text === 'string' ? text : asText(asJson(text)['text']);
}

function inlineText(element: Json): string {
  if (Array.isArray(element['elements'])) {
    const separator = element['type'] === 'rich_text_list' ? '\n' : '';
    return asList(element['elements']).map(inlineText).join(separator);
  }
  const named = element['user_id'] ?? element['channel_id'] ?? element['name'];
  return (
    textContent(element['text']) ||
    asText(element['url']) ||
    (named === undefined ? '' : `${element['type'] === 'emoji' ? ':' : '@'}${String(named)}`) ||
    asText(element['alt_text'])
  );
}
