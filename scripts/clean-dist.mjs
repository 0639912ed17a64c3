// Removes the previous build: a file that no longer has a source, a migration above all, must not stay in dist/.
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
