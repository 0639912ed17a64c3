import { join } from 'node:path';

/** Returns the compiled file of a source file, `src/main.ts`, for a process to run. */
export function compiled(file: string): string {
  const folder = process.env['COMPILED_SOURCE'];
  if (!folder) throw new Error('The source was not compiled: is global-setup.mjs in the jest config?');
  return join(folder, file.replace(/\.ts$/, '.js'));
}
