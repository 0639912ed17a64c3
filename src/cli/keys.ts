import { readFile } from 'node:fs/promises';
import { parseKeyFile } from '../reports/key-import.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import { importKeys } from '../usecases/keys/import-keys.ts';
import { formatCount } from './doctor/format-values.ts';
import { UsageError } from './errors.ts';
import { requireExistingStore, storeLocation } from './store-location.ts';

/** Imports a CSV file into the key register, every line or none; returns the exit code, 1 if a line is wrong. */
export async function importKeyFile(
  file: string,
  { dryRun = false }: { readonly dryRun?: boolean },
  { env, stdout, stderr }: Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr'>,
  now = new Date(),
): Promise<number> {
  const parsed = parseKeyFile(await readText(file));
  if (parsed.kind === 'errors') return printErrors(file, parsed.errors, stderr);
  const location = storeLocation(env);
  requireExistingStore(location);
  const db = await openDatabase({ ...location, onNotice: (text) => stderr.write(`${text}\n`) });
  try {
    await migrate(db);
    const plan = await importKeys({ db, now: () => now }, { rows: parsed.rows, dryRun });
    if (plan.kind === 'errors') return printErrors(file, plan.errors, stderr);
    const added = plan.entries.filter(({ change }) => change === 'added').length;
    const counts = `${formatCount(added, 'key')} added, ${plan.entries.length - added} changed, ${plan.unchanged} unchanged`;
    stdout.write(
      dryRun ? `Checked ${file}: ${counts}. Nothing was written.\n` : `Imported ${file}: ${counts}.\n`,
    );
    return 0;
  } finally {
    await db.close();
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Cannot read ${file}: ${reason}`);
  }
}

function printErrors(
  file: string,
  errors: readonly { readonly line: number; readonly problem: string }[],
  stderr: Pick<NodeJS.WriteStream, 'write'>,
): number {
  for (const { line, problem } of errors) stderr.write(`${file}:${line}: ${problem}\n`);
  stderr.write(`Nothing was imported: ${formatCount(errors.length, 'mistake')}.\n`);
  return 1;
}
