import { randomUUID } from 'node:crypto';

const MAX_USES = 5;
const LIFETIME_MS = 30 * 60_000;

/** What a response URL answers to. */
export interface ResponseTarget {
  readonly userId: string;
  readonly channel: string;
  /** The message that was touched; null after a command, which has none to replace. */
  readonly messageTs: string | null;
}

/** The addresses under which the app may answer an interaction: five times, for half an hour. */
export class ResponseUrls {
  readonly #now: () => Date;
  readonly #base: () => string;
  readonly #open = new Map<string, { readonly target: ResponseTarget; readonly at: Date; uses: number }>();

  constructor(now: () => Date, base: () => string) {
    this.#now = now;
    this.#base = base;
  }

  /** A new address to answer at. */
  issue(target: ResponseTarget): string {
    const key = randomUUID();
    this.#open.set(key, { target, at: this.#now(), uses: 0 });
    return `${this.#base()}/response/${key}`;
  }

  /** Where an answer goes, or why Slack refuses it. */
  use(key: string): ResponseTarget | 'no_such_url' | 'expired_url' | 'used_url' {
    const url = this.#open.get(key);
    if (!url) return 'no_such_url';
    if (this.#now().getTime() - url.at.getTime() > LIFETIME_MS) return 'expired_url';
    if (url.uses >= MAX_USES) return 'used_url';
    url.uses += 1;
    return url.target;
  }
}
