import { openDatabase } from '../store/database.ts';
import {
  countNotifications,
  listDeadLetters,
  type Notification,
  requeueDeadLetters,
  withdrawAllWaiting,
} from '../store/outbox.ts';
import { requireExistingStore, storeLocation } from './store-location.ts';

export interface OutboxOptions {
  /** Milliseconds: what was given up and is not older is sent again. */
  readonly retry?: number;
  readonly withdraw?: boolean;
}

const MAX_SHOWN = 50;

/**
 * Tells how the letters stand and which were given up, for what reason; sends those again or withdraws what waits, if
 * that is asked. Gives the exit code.
 */
export async function outbox(
  { retry, withdraw = false }: OutboxOptions,
  { env, stdout, stderr }: Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr'>,
  now = new Date(),
): Promise<number> {
  const location = storeLocation(env);
  requireExistingStore(location);
  const db = await openDatabase({ ...location, onNotice: (text) => stderr.write(`${text}\n`) });
  const print = (text: string) => stdout.write(`${text}\n`);
  try {
    if (retry !== undefined) {
      const requeued = await requeueDeadLetters(db, new Date(now.getTime() - retry), now);
      print(`${requeued} of those that were given up will be sent again.`);
    }
    if (withdraw) print(`${await withdrawAllWaiting(db)} that waited will not be sent.`);

    const counts = Object.entries(await countNotifications(db)).filter(([, count]) => count > 0);
    print(counts.map(([state, count]) => `${state}: ${count}`).join(', ') || 'No letter was ever written.');
    for (const notification of await listDeadLetters(db, MAX_SHOWN)) print(formatLine(notification));
    return 0;
  } finally {
    await db.close();
  }
}

function formatLine({ createdAt, kind, to, lastError }: Notification): string {
  return `dead  ${createdAt.toISOString()}  ${kind} to ${to.id}: ${lastError ?? 'no reason was written down'}`;
}
