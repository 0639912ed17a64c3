import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for so long, or until the signal. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** Waits in real time. */
export const defaultSleep: Sleep = async (milliseconds, signal) => {
  await sleep(milliseconds, undefined, signal && { signal }).catch(() => undefined);
};
