// Starts a command as it was built, where the build is as new as its source: it starts in a third of the time.
import { existsSync, readdirSync, statSync } from 'node:fs';
import module from 'node:module';

const built = new URL('../dist/cli/main.js', import.meta.url);

if (isFresh()) {
  // From Node 22.8 on: the next start compiles nothing.
  module.enableCompileCache?.();
  await import(built.href);
} else {
  const { register } = await import('tsx/esm/api');
  register();
  await import('../src/cli/main.ts');
}

function isFresh() {
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  const source = new URL('../src/', import.meta.url);
  // An image carries the build alone.
  if (!existsSync(source)) return true;
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .every((entry) => statSync(`${entry.parentPath ?? entry.path}/${entry.name}`).mtimeMs <= builtAt);
}
