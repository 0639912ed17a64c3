import type { Json } from './json.ts';
import { type HeldValues, touchables } from './interactive-elements.ts';

/** What each person has chosen or typed so far, on each surface; and what each search offered them. */
export class HeldStore {
  readonly #values = new Map<string, HeldValues>();
  readonly #offered = new Map<string, readonly Json[]>();

  /** What a person holds on a surface (a view's id, or a message's channel and ts). */
  of(userId: string, surface: string): HeldValues {
    return this.#values.get(`${userId} ${surface}`) ?? {};
  }

  /** Notes one value. */
  hold(userId: string, surface: string, blockId: string, actionId: string, value: Json): void {
    const held = this.of(userId, surface);
    this.#values.set(`${userId} ${surface}`, { ...held, [blockId]: { ...held[blockId], [actionId]: value } });
  }

  /** Forgets what is no longer on the surface: an input keeps its value only under the same two ids. */
  keepOnly(userId: string, surface: string, blocks: readonly Json[]): void {
    const held = this.of(userId, surface);
    const kept: Record<string, Record<string, Json>> = {};
    for (const { blockId, actionId } of touchables(blocks)) {
      const value = held[blockId]?.[actionId];
      if (value) kept[blockId] = { ...kept[blockId], [actionId]: value };
    }
    this.#values.set(`${userId} ${surface}`, kept);
  }

  /** Forgets a surface that is gone. */
  drop(userId: string, surface: string): void {
    this.#values.delete(`${userId} ${surface}`);
  }

  /** Remembers the options that a search found, since only those may be chosen. */
  offer(userId: string, surface: string, actionId: string, options: readonly Json[]): void {
    const key = `${userId} ${surface} ${actionId}`;
    const before = this.#offered.get(key) ?? [];
    this.#offered.set(key, [...options, ...before].slice(0, 1000));
  }

  /** The options that searches have found. */
  offered(userId: string, surface: string, actionId: string): readonly Json[] {
    return this.#offered.get(`${userId} ${surface} ${actionId}`) ?? [];
  }
}

/** The name of a message as a surface. */
export function messageSurface(channel: string, ts: string): string {
  return `${channel}/${ts}`;
}
