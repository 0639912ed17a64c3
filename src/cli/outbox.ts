import { type Database, openDatabase } from '../store/database.ts';
import {
  countNotifications,
  listDeadLetters,
  type Notification,
  requeueDeadLetters,
  withdrawAllWaiting,
} from '../store/outbox.ts';
import { formatCount } from './doctor/format-values.ts';
import { requireExistingStore, storeLocation } from './store-location.ts';

type Terminal = Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr'>;
type Print = (text: string) => void;

const MAX_SHOWN = 50;

/** Prints how many messages are in each state and why the undelivered ones failed; returns the exit code. */
export function listOutbox(terminal: Terminal): Promise<number> {
  return withOutbox(terminal, async () => undefined);
}

/** Queues undelivered messages of at most that age again, then lists the outbox; returns the exit code. */
export function resendUndelivered(
  { maxAgeMs }: { readonly maxAgeMs: number },
  terminal: Terminal,
  now = new Date(),
): Promise<number> {
  return withOutbox(terminal, async (db, print) => {
    const count = await requeueDeadLetters(db, new Date(now.getTime() - maxAgeMs));
    print(`${formatCount(count, 'undelivered message')} will be sent again.`);
  });
}

/** Withdraws every message that is still waiting, then lists the outbox; returns the exit code. */
export function withdrawWaiting(terminal: Terminal): Promise<number> {
  return withOutbox(terminal, async (db, print) => {
    print(`${formatCount(await withdrawAllWaiting(db), 'waiting message')} will not be sent.`);
  });
}

async function withOutbox(
  { env, stdout, stderr }: Terminal,
  change: (db: Database, print: Print) => Promise<void>,
): Promise<number> {
  const location = storeLocation(env);
  requireExistingStore(location);
  const db = await openDatabase({ ...location, onNotice: (text) => stderr.write(`${text}\n`) });
  const print = (text: string) => stdout.write(`${text}\n`);
  try {
    await change(db, print);
    const counts = Object.entries(await countNotifications(db)).filter(([, count]) => count > 0);
    print(counts.map(([state, count]) => `${state}: ${count}`).join(', ') || 'The outbox is empty.');
    for (const notification of await listDeadLetters(db, MAX_SHOWN)) print(formatLine(notification));
    return 0;
  } finally {
    await db.close();
  }
}

function formatLine({ createdAt, kind, to, lastError }: Notification): string {
  return `dead  ${createdAt.toISOString()}  ${kind} to ${to.id}: ${lastError ?? 'no reason recorded'}`;
}
