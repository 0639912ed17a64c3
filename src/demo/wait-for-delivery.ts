import { setTimeout as sleep } from 'node:timers/promises';
import { countNotifications, nextDueInMs } from '../store/outbox.ts';
import type { Context } from '../usecases/shared/context.ts';

const POLL_MS = 10;
/** Time moves on even if a notification cannot be delivered. */
const TIMEOUT_MS = 1_000;

/** Waits until every due notification is delivered, so that each is dated with the hour of its decision. */
export async function waitForDelivery({ db, now }: Pick<Context, 'db' | 'now'>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (performance.now() < deadline) {
    const [dueInMs, { sending }] = [await nextDueInMs(db, now()), await countNotifications(db)];
    if (sending === 0 && dueInMs !== 0) return;
    await sleep(POLL_MS);
  }
}
