import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';

// A process of its own: making a database keeps a core busy for some seconds, and the other one has enough to do.
// Ctrl+C is handled by the parent process.
process.on('SIGINT', () => undefined);

const [dataDir = ''] = process.argv.slice(2);
const db = await openDatabase({ dataDir });
await migrate(db);
await db.close();
// Demo data does not have to survive a power cut, so do not wait for the disk.
await appendFile(join(dataDir, 'postgres', 'postgresql.conf'), '\nfsync = off\n');
