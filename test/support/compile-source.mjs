import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transformFile } from '@swc/core';

const OUTPUT = 'node_modules/.cache/root-mfa-bot/compiled';
const SOURCES = ['src', 'test/support'];
/** What the source reads besides itself. */
const ASSETS = ['package.json', 'manifest.yml', 'root-mfa.example.yml', 'src/store/migrations'];

/**
 * Compiles the source that tests start as processes, and returns the folder: without a TypeScript loader a process
 * starts a second sooner. Only what changed is compiled again.
 */
export async function compileSource() {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(folder, { recursive: true })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  await Promise.all(files.map(compileIfChanged));
  for (const asset of ASSETS) link(asset);
  return resolve(OUTPUT);
}

async function compileIfChanged(file) {
  const output = join(OUTPUT, file.replace(/\.ts$/, '.js'));
  const { atime, mtime, mtimeMs } = statSync(file);
  const compiledFrom = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // Setting a time drops what is finer than a millisecond.
  if (Math.abs(compiledFrom - mtimeMs) <= 1) return;
  const { code } = await transformFile(file, {
    swcrc: false,
    sourceMaps: 'inline',
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022', rewriteRelativeImportExtensions: true },
    module: { type: 'es6' },
  });
  replaceFile(output, (path) => {
    writeFileSync(path, code);
    utimesSync(path, atime, mtime);
  });
}

function link(asset) {
  const output = join(OUTPUT, asset);
  replaceFile(output, (path) => symlinkSync(resolve(asset), path));
}

/** Another test run may read the file meanwhile: it finds the old one or the new one. */
function replaceFile(output, write) {
  mkdirSync(dirname(output), { recursive: true });
  const path = `${output}.${process.pid}`;
  rmSync(path, { force: true });
  write(path);
  renameSync(path, output);
}
