import { rmSync } from 'node:fs';

/** Removes everything that the tests of this run wrote. */
export default function removeTestFolder() {
  const folder = process.env.TEST_FOLDER;
  if (folder) rmSync(folder, { recursive: true, force: true });
}
