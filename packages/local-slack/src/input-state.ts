import { type InputValues, interactiveElements } from './interactive-elements.ts';
import type { Json } from './json.ts';

/** What each person has chosen or typed so far, on each surface; and what each search offered them. */
export class InputStateStore {
  readonly #values = new Map<string, InputValues>();
  readonly #offered = new Map<string, readonly Json[]>();

  /** What a person holds on a surface (a view's id, or a message's channel and ts). */
  get(userId: string, surface: string): InputValues {
    return this.#values.get(`${userId} ${surface}`) ?? {};
  }

  /** Notes one value. */
  set(userId: string, surface: string, blockId: string, actionId: string, value: Json): void {
    const state = this.get(userId, surface);
    this.#values.set(`${userId} ${surface}`, {
      ...state,
      [blockId]: { ...state[blockId], [actionId]: value },
    });
  }

  /** Forgets what is no longer on the surface: an input keeps its value only under the same two ids. */
  retain(userId: string, surface: string, blocks: readonly Json[]): void {
    const state = this.get(userId, surface);
    const kept: Record<string, Record<string, Json>> = {};
    for (const { blockId, actionId } of interactiveElements(blocks)) {
      const value = state[blockId]?.[actionId];
      if (value) kept[blockId] = { ...kept[blockId], [actionId]: value };
    }
    this.#values.set(`${userId} ${surface}`, kept);
  }

  /** Forgets a surface that is gone. */
  delete(userId: string, surface: string): void {
    this.#values.delete(`${userId} ${surface}`);
  }

  /** Keeps the options that a search found: only those can be chosen. */
  saveOptions(userId: string, surface: string, actionId: string, options: readonly Json[]): void {
    const key = `${userId} ${surface} ${actionId}`;
    const before = this.#offered.get(key) ?? [];
    this.#offered.set(key, [...options, ...before].slice(0, 1000));
  }

  /** The options that searches have found. */
  optionsFor(userId: string, surface: string, actionId: string): readonly Json[] {
    return this.#offered.get(`${userId} ${surface} ${actionId}`) ?? [];
  }
}

/** The name of a message as a surface. */
export function messageSurfaceKey(channel: string, ts: string): string {
  return `${channel}/${ts}`;
}
