import { openDatabase } from '../store/database.ts';
import { countLetters, deadLetters, type Letter, retryDead, withdrawAll } from '../store/outbox.ts';
import { refuseNothing, storePlace } from './store-location.ts';

export interface LettersOptions {
  /** Milliseconds: what was given up and is not older is sent again. */
  readonly retry?: number;
  readonly withdraw?: boolean;
}

const MOST_SHOWN = 50;

/**
 * Tells how the letters stand and which were given up, for what reason; sends those again or withdraws what waits, if
 * that is asked. Gives the exit code.
 */
export async function letters(
  { retry, withdraw = false }: LettersOptions,
  { env, stdout, stderr }: Pick<NodeJS.Process, 'env' | 'stdout' | 'stderr'>,
  now = new Date(),
): Promise<number> {
  const place = storePlace(env);
  refuseNothing(place);
  const db = await openDatabase({ ...place, onNotice: (text) => stderr.write(`${text}\n`) });
  const say = (text: string) => stdout.write(`${text}\n`);
  try {
    if (retry !== undefined) {
      const again = await retryDead(db, new Date(now.getTime() - retry), now);
      say(`${again} of those that were given up will be sent again.`);
    }
    if (withdraw) say(`${await withdrawAll(db)} that waited will not be sent.`);

    const counts = Object.entries(await countLetters(db)).filter(([, count]) => count > 0);
    say(counts.map(([state, count]) => `${state}: ${count}`).join(', ') || 'No letter was ever written.');
    for (const letter of await deadLetters(db, MOST_SHOWN)) say(lineOf(letter));
    return 0;
  } finally {
    await db.close();
  }
}

function lineOf({ createdAt, kind, to, lastError }: Letter): string {
  return `dead  ${createdAt.toISOString()}  ${kind} to ${to.id}: ${lastError ?? 'no reason was written down'}`;
}
