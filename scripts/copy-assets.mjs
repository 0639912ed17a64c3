// Copies what the compiler leaves behind into dist/: the SQL of the migrations.
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

for (const file of readdirSync('src', { recursive: true })) {
  if (file.endsWith('.sql')) cpSync(join('src', file), join('dist', file));
}
