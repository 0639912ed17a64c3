import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Creates an empty folder for a test; everything in it is gone after the run. */
export function createTestFolder(name = 'test'): string {
  return mkdtempSync(join(process.env['TEST_FOLDER'] ?? tmpdir(), `${name}-`));
}
