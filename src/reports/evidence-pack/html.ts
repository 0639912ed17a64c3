/** What the page of an evidence pack shows. Texts are untrusted; `renderEvidencePage` escapes all of them. */
export interface EvidencePage {
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
  /** What the pack shows, a paragraph each. */
  readonly summary: readonly string[];
  readonly chart: EvidenceChart;
  readonly sections: readonly EvidenceSection[];
}

export interface EvidenceSection {
  readonly id: string;
  readonly title: string;
  /** Text between backticks is shown as code. */
  readonly paragraphs: readonly string[];
  readonly tables: readonly EvidenceTable[];
}

export interface EvidenceTable {
  readonly caption?: string;
  readonly headings: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Said instead of an empty table. */
  readonly whenEmpty: string;
  /** How many rows the CSV file has beyond those shown. */
  readonly moreInFile?: { readonly count: number; readonly file: string };
}

/** Stacked shares over time. */
export interface EvidenceChart {
  readonly title: string;
  readonly series: readonly { readonly label: string; readonly color: string }[];
  /** For each moment its label and the value of each series. */
  readonly points: readonly { readonly label: string; readonly values: readonly number[] }[];
}

const WIDTH = 800;
const HEIGHT = 200;

/** Returns one printable page without scripts or external resources, readable on white and dark. */
export function renderEvidencePage({ title, facts, summary, chart, sections }: EvidencePage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${summary.map((text) => `<p class="summary">${escapeHtml(text)}</p>`).join('\n')}
<dl>${facts.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`).join('')}</dl>
</header>
<nav><ol>${sections.map(({ id, title: name }) => `<li><a href="#${escapeHtml(id)}">${escapeHtml(name)}</a></li>`).join('')}</ol></nav>
<main>
<figure>
${renderChart(chart)}
<figcaption>${escapeHtml(chart.title)}: ${chart.series.map(({ label }, index) => `<span class="key"><i class="s${index}"></i>${escapeHtml(label)}</span>`).join(' ')}</figcaption>
</figure>
${sections.map(renderSection).join('\n')}
</main>
</body>
</html>
`;
}

function renderSection({ id, title, paragraphs, tables }: EvidenceSection): string {
  return `<section id="${escapeHtml(id)}">
<h2>${escapeHtml(title)}</h2>
${paragraphs.map((text) => `<p>${escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`).join('\n')}
${tables.map(renderTable).join('\n')}
</section>`;
}

function renderTable({ caption, headings, rows, whenEmpty, moreInFile }: EvidenceTable): string {
  const title = caption === undefined ? '' : `<p class="caption">${escapeHtml(caption)}</p>\n`;
  if (rows.length === 0) return `${title}<p class="empty">${escapeHtml(whenEmpty)}</p>`;
  const more =
    moreInFile && moreInFile.count > 0
      ? `<p class="more">${moreInFile.count} more ${moreInFile.count === 1 ? 'row' : 'rows'} in ${escapeHtml(moreInFile.file)}.</p>`
      : '';
  return `${title}<table>
<thead><tr>${headings.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')}</tr></thead>
<tbody>
${rows.map((cells) => `<tr>${cells.map(renderCell).join('')}</tr>`).join('\n')}
</tbody>
</table>${more}`;
}

/** A moment stays on one line: broken at a hyphen it is hard to read. */
function renderCell(text: string): string {
  const isMoment = /^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/.test(text);
  return `<td${isMoment ? ' class="moment"' : ''}>${escapeHtml(text)}</td>`;
}

/** The chart as stacked areas in the order of the legend. The tables below it hold the numbers, so color is never the only sign. */
function renderChart({ series, points }: EvidenceChart): string {
  const x = (index: number) => (points.length < 2 ? 0 : (index / (points.length - 1)) * WIDTH);
  const totals = points.map(({ values }) => values.reduce((sum, value) => sum + value, 0) || 1);
  const upTo = (index: number, count: number) =>
    (points[index]?.values.slice(0, count).reduce((sum, value) => sum + value, 0) ?? 0) /
    (totals[index] ?? 1);
  const y = (share: number) => HEIGHT - share * HEIGHT;
  const areas = series.map((_, n) => {
    const upper = points.map((__, index) => `${x(index).toFixed(1)},${y(upTo(index, n + 1)).toFixed(1)}`);
    const lower = points
      .map((__, index) => `${x(index).toFixed(1)},${y(upTo(index, n)).toFixed(1)}`)
      .reverse();
    return `<polygon class="s${n}" points="${[...upper, ...lower].join(' ')}"></polygon>`;
  });
  const label = `Share of accounts by state from ${points[0]?.label ?? ''} to ${points.at(-1)?.label ?? ''}`;
  return `<svg viewBox="-52 -10 ${WIDTH + 62} ${HEIGHT + 40}" role="img" aria-label="${escapeHtml(label)}">
${areas.join('\n')}
${[0, 50, 100].map((percent) => `<text x="-6" y="${y(percent / 100) + 4}" text-anchor="end">${percent}%</text>`).join('')}
<text x="0" y="${HEIGHT + 20}">${escapeHtml(points[0]?.label ?? '')}</text>
<text x="${WIDTH}" y="${HEIGHT + 20}" text-anchor="end">${escapeHtml(points.at(-1)?.label ?? '')}</text>
</svg>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** In the order of the series: compliant, exempt, not applicable, unknown, not observed, non-compliant. */
const STYLE = `
:root { color-scheme: light dark; --text: #1d1c1d; --muted: #5c5c66; --line: #d8d8de; --page: #fff; --head: #f4f4f7;
  --s0: #1a7f4b; --s1: #c79a00; --s2: #9aa0a6; --s3: #5b7ba3; --s4: #a9bfd8; --s5: #c4314b; }
@media (prefers-color-scheme: dark) { :root { --text: #e8e8ea; --muted: #a9a9b3; --line: #3d3d46; --page: #1a1a1e; --head: #26262c;
  --s0: #3fb27f; --s1: #e0b83c; --s2: #7d838a; --s3: #7f9fc6; --s4: #46607e; --s5: #ef5f78; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 68rem; padding: 2rem 1.5rem 4rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
h1 { font-size: 1.7rem; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .5rem; border-top: 1px solid var(--line); padding-top: 1rem; }
.summary { font-size: 1.1rem; margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .4rem 1.5rem; margin: 0; }
dl div { border-left: 3px solid var(--line); padding-left: .6rem; } dt { color: var(--muted); font-size: .85rem; } dd { margin: 0; overflow-wrap: anywhere; }
nav ol { columns: 2; padding-left: 1.2rem; margin: 1.2rem 0; } a { color: inherit; }
figure { margin: 1.5rem 0; } svg { width: 100%; height: auto; } svg text { fill: var(--muted); font-size: 12px; }
.key { margin-right: 1rem; white-space: nowrap; } .key i { display: inline-block; width: .9em; height: .9em; margin-right: .35em; vertical-align: -.1em; background: currentColor; }
${[0, 1, 2, 3, 4, 5].map((n) => `.s${n} { fill: var(--s${n}); color: var(--s${n}); }`).join(' ')}
table { border-collapse: collapse; width: 100%; font-size: .88rem; } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { overflow-wrap: normal; background: var(--head); position: sticky; top: 0; padding-left: .3rem; } td { padding-left: .3rem; } .empty, .more { color: var(--muted); } .caption { font-weight: 600; margin: 1rem 0 .3rem; break-after: avoid; }
code { font-size: .92em; } .moment { white-space: nowrap; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } nav { display: none; } table { font-size: 8pt; } th, td { padding-top: .15rem; padding-bottom: .15rem; } th { position: static; } thead { display: table-header-group; } tr, figure { break-inside: avoid; } h2 { break-after: avoid; } polygon, .key i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
