import { revision } from '../../store/account-cache.ts';
import type { Database } from '../../store/database.ts';
import type { Log } from '../../usecases/shared/context.ts';
import type { Homes } from './publisher.ts';
import { type Pause, patiently } from '../sleep.ts';

/** Somebody approves on one instance, and whoever asked looks at their Home, which another one shows. */
const LOOK_MS = 3_000;

/** Lets the Homes of this instance follow what any instance changes, until the signal. */
export async function watchForHomes({
  db,
  homes,
  log,
  signal,
  pause = patiently,
}: {
  readonly db: Database;
  readonly homes: Pick<Homes, 'changed'>;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly pause?: Pause;
}): Promise<void> {
  let known: number | undefined;
  let isAway = false;
  while (!signal.aborted) {
    try {
      const now = await revision(db);
      if (known !== undefined && now !== known) homes.changed();
      known = now;
      isAway = false;
    } catch (error) {
      // Once: it is asked again every few seconds.
      if (!isAway) log.warn({ err: error }, 'Homes cannot follow what other instances change');
      isAway = true;
    }
    await pause(LOOK_MS, signal);
  }
}
