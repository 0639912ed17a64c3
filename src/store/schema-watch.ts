import { findNewerMigration } from './migrate.ts';
import type { Database } from './transactions.ts';

const INTERVAL_MS = 10_000;

/**
 * Calls back once, with the reason, when a newer version has migrated the database: this one must stop writing there.
 * Returns a function that ends the watch.
 */
export function watchSchema(
  db: Database,
  onNewer: (reason: string) => void,
  intervalMs = INTERVAL_MS,
): () => void {
  const timer = setInterval(async () => {
    // A database that does not answer is reported by those who need it.
    const reason = await findNewerMigration(db).catch(() => undefined);
    if (reason === undefined) return;
    clearInterval(timer);
    onNewer(reason);
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
