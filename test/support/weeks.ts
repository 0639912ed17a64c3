import type { BotHarness } from './bot-harness.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Returns the milliseconds until the next Monday, midnight UTC. */
export function untilNextMonday(now: Date): number {
  const midnight = new Date(now).setUTCHours(0, 0, 0, 0);
  return midnight + (8 - (now.getUTCDay() || 7)) * DAY_MS - now.getTime();
}

/** Waits until the outbox has nothing that is due. */
export async function waitForDelivery({ bot, clock }: Pick<BotHarness, 'bot' | 'clock'>): Promise<void> {
  bot.ctx.notificationsQueued();
  for (;;) {
    const [row] = await bot.ctx.db.query<{ due: number }>(
      `select count(*) as due from outbox where due_at <= $1`,
      [clock.now()],
    );
    if (row?.due === 0) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
