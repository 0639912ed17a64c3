import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const CACHE = 'node_modules/.cache/root-mfa-bot';
const SOURCES = ['src', 'test/support', 'packages'];
/** What tests start as a process or a thread. */
const ENTRY_POINTS = [
  'src/main.ts',
  'src/cli/main.ts',
  'src/aws/collector-worker.ts',
  'src/demo/prepare-database.ts',
  ...readdirSync('test/support')
    .filter((file) => file.endsWith('-child.ts'))
    .map((file) => `test/support/${file}`),
];
/** What the source reads besides itself. */
const ASSETS = ['package.json', 'manifest.yml', 'root-mfa.example.yml', 'src/store/migrations'];
/** Packages that come with files of their own. */
const UNBUNDLED = ['@electric-sql/pglite', 'fs-native-extensions'];
const DAY_MS = 24 * 60 * 60_000;

/**
 * Compiles the source that tests start as processes, and returns the folder. Bundled with what it imports: a process
 * then starts in half the time that two thousand small files take.
 */
export async function compileSource() {
  const output = resolve(CACHE, `compiled-${sourceMark()}`);
  if (!existsSync(output)) await compileTo(output);
  return output;
}

/** Changes whenever a source file or a package does. */
function sourceMark() {
  const hash = createHash('sha256').update(readFileSync('package-lock.json'));
  for (const file of sourceFiles()) hash.update(`${file} ${statSync(file).mtimeMs}\n`);
  return hash.digest('hex').slice(0, 12);
}

function sourceFiles() {
  return SOURCES.flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((file) => join(folder, file)),
  )
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules'))
    .sort();
}

/** Another test run may compile the same at the same time; the first one wins. */
async function compileTo(output) {
  removeOldOutputs();
  const folder = mkdtempSync(join(CACHE, 'preparing-'));
  try {
    await bundle(folder, output);
    for (const asset of ASSETS) {
      mkdirSync(dirname(join(folder, asset)), { recursive: true });
      symlinkSync(resolve(asset), join(folder, asset));
    }
    renameSync(folder, output);
  } catch (error) {
    if (!existsSync(output)) throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundle(outdir, finalFolder) {
  await build({
    entryPoints: ENTRY_POINTS,
    outdir,
    outbase: '.',
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: UNBUNDLED.flatMap((name) => [name, `${name}/*`]),
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
    plugins: [keepAddresses(finalFolder)],
  });
}

/** Lets each module find the files beside it, although it is in a bundle. */
function keepAddresses(folder) {
  return {
    name: 'keep-addresses',
    setup({ onLoad }) {
      onLoad({ filter: /\/(src|test\/support)\/.*\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8');
        if (!source.includes('import.meta.url')) return;
        const compiled = join(folder, relative('.', path)).replace(/\.ts$/, '.js');
        const address = JSON.stringify(pathToFileURL(compiled).href);
        return { contents: source.replaceAll('import.meta.url', address), loader: 'ts' };
      });
    },
  };
}

function removeOldOutputs() {
  mkdirSync(CACHE, { recursive: true });
  for (const name of readdirSync(CACHE).filter((file) => file.startsWith('compiled'))) {
    const place = join(CACHE, name);
    if (Date.now() - statSync(place).mtimeMs > DAY_MS) rmSync(place, { recursive: true, force: true });
  }
}
