/** The cells of a CSV text without its byte order mark, by RFC 4180: https://www.rfc-editor.org/rfc/rfc4180 */
export function csvCells(text: string, separator = ','): string[][] {
  const rows: string[][] = [];
  const row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let index = text.startsWith('\uFEFF') ? 1 : 0; index < text.length; index += 1) {
    const character = text[index];
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === separator || character === '\n') {
      row.push(cell);
      cell = '';
      if (character === '\n') rows.push(row.splice(0));
    } else cell += character;
  }
  return rows;
}

/** The rows of a CSV text with a header line, by their headers. */
export function csvRows(text: string): Record<string, string>[] {
  const [header = [], ...rows] = csvCells(text);
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])));
}
