import { randomUUID } from 'node:crypto';
import { SlackError } from './slack-error.ts';

const TRIGGER_LIFETIME_MS = 3_000;

/** What a person's click or command allows for a moment: to open one modal for them. */
export class TriggerIds {
  readonly #now: () => Date;
  readonly #open = new Map<string, { readonly userId: string; readonly at: Date; used: boolean }>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** A new trigger for a person, good for one use within 3 seconds. */
  issue(userId: string): string {
    const id = `${Date.now()}.${randomUUID()}`;
    this.#open.set(id, { userId, at: this.#now(), used: false });
    // Old ones stay for a while, to tell an expired trigger from an invalid one.
    const oldest = this.#open.keys().next().value;
    if (this.#open.size > 1000 && oldest) this.#open.delete(oldest);
    return id;
  }

  /** The person a trigger belongs to, once; refuses an invented, an expired or a used one. */
  consume(id: unknown): string {
    if (typeof id !== 'string' || id === '') throw new SlackError('invalid_arguments');
    const trigger = this.#open.get(id);
    if (!trigger) throw new SlackError('invalid_trigger_id');
    if (trigger.used) throw new SlackError('exchanged_trigger_id');
    if (this.#now().getTime() - trigger.at.getTime() > TRIGGER_LIFETIME_MS)
      throw new SlackError('expired_trigger_id');
    trigger.used = true;
    return trigger.userId;
  }
}
