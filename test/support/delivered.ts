import { setTimeout as pause } from 'node:timers/promises';
import { countNotifications, nextDueInMs } from '../../src/store/outbox.ts';
import type { Context } from '../../src/usecases/shared/context.ts';

/** Waits until the bot has delivered, or tried to deliver, everything that is due. */
export async function delivered({ db, now }: Pick<Context, 'db' | 'now'>): Promise<void> {
  while ((await nextDueInMs(db, now())) === 0 || (await countNotifications(db)).sending > 0) await pause(5);
}
