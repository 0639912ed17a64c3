import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PageFile } from './ui-routes.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  woff2: 'font/woff2',
};

export interface PageOptions {
  /** Path of a module whose default export is a `PageExtension`. */
  readonly extension?: string;
}

/**
 * Returns the page's files by their path, such as `/` or `/page/main.js`; undefined for any other path.
 *
 * The page is bundled from its sources, and needs nothing from anywhere else.
 */
export async function buildPage({
  extension,
}: PageOptions = {}): Promise<(path: string) => PageFile | undefined> {
  // Loaded only here: a local Slack without a page needs no bundler.
  const { build } = await import('esbuild');
  const source = (path: string) => fileURLToPath(new URL(`./page/${path}`, import.meta.url));

  const [{ outputFiles }, html] = await Promise.all([
    build({
      stdin: { contents: entry(extension), resolveDir: source('.'), sourcefile: 'entry.ts', loader: 'ts' },
      entryNames: 'main',
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      // Every browser reads woff2; the style sheets of the font offer the older format as well.
      loader: { '.woff2': 'file', '.woff': 'empty' },
      assetNames: '[name]',
      outdir: '/page',
      publicPath: '/page',
      charset: 'utf8',
      logLevel: 'silent',
      define: { 'process.env.NODE_ENV': '"production"' },
    }),
    readFile(source('index.html'), 'utf8'),
  ]);

  const files = new Map<string, PageFile>([['/', { type: 'text/html; charset=utf-8', body: html }]]);
  for (const file of outputFiles) {
    const name = basename(file.path);
    const type = CONTENT_TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    files.set(`/page/${name}`, { type, body: Buffer.from(file.contents) });
  }
  return (path) => files.get(path);
}

function entry(extension: string | undefined): string {
  const imports = "import { renderPage } from './main.tsx';\n";
  return extension === undefined
    ? `${imports}renderPage();`
    : `${imports}import extension from ${JSON.stringify(extension)};\nrenderPage(extension);`;
}
