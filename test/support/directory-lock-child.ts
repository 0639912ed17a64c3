// A process that locks a directory, says what came of it, and holds it until it is killed.
import { lockDirectory } from '../../src/store/directory-lock.ts';

const [, , directory = ''] = process.argv;
const outcome = await lockDirectory(directory).then(
  () => 'locked',
  (error: { readonly code?: string }) => error.code ?? String(error),
);
process.stdout.write(`${outcome}\n`);
if (outcome === 'locked') setInterval(() => undefined, 60_000);
