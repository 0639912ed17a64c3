import type { WebClient } from '@slack/web-api';
import type { Database } from '../../store/database.ts';
import { type ClaimedLetter, claimDue, type Letter, nextDueAt, type Recipient } from '../../store/outbox.ts';
import type { Log } from '../../usecases/shared/context.ts';
import { type Pause, patiently } from '../sleep.ts';
import { attemptsOf, LEASE_MS, type Outcome } from './delivery-attempt.ts';
import { type Drawing, mouthOf } from './sender.ts';
import { Pace } from './rate-limiter.ts';

export interface PostmanOptions {
  readonly db: Database;
  /** From `postmanClient`: one that never tries twice. */
  readonly client: WebClient;
  readonly draw: (letter: Letter) => Drawing;
  readonly now: () => Date;
  readonly log: Log;
  /** Names this process among those on one database. */
  readonly instance: string;
  /** Why a channel or a person must not get anything: a sentence; undefined if they may. */
  readonly refuse?: (reader: Recipient) => Promise<string | undefined>;
  readonly pause?: Pause;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** How many attempts ended how. */
export type DeliveryReport = Readonly<Record<Outcome, number>>;

export interface Postman {
  /** Delivers what is due, and what becomes due meanwhile. Throws if the database cannot be asked. */
  deliver(signal?: AbortSignal): Promise<DeliveryReport>;
  /** Delivers whatever is due whenever it is, until the signal; then ends what it began. */
  keepDelivering(signal: AbortSignal): Promise<void>;
  /** Says that letters were written: call it after the transaction that wrote them. */
  wake(): void;
}

/** So many letters are on their way at once. */
const LANES = 8;

/** The outbox is asked at least that often: other instances write letters too, and clocks jump. */
const LONGEST_SLEEP_MS = 30_000;

/** Letters that wait for another one are due all the time. */
const SHORTEST_SLEEP_MS = 1_000;

/** Delivers letters: each once, whatever Slack, the network and the machine do. */
export function openPostman({
  db,
  client,
  draw,
  now,
  log,
  instance,
  refuse = async () => undefined,
  pause = patiently,
  random = Math.random,
}: PostmanOptions): Postman {
  const mouth = mouthOf(client, new Pace(now, pause));
  const attempts = attemptsOf({ db, mouth, draw, refuse, now, log, instance, random });
  const onTheirWay = new Set<number>();
  let woken = new AbortController();

  async function deliver(signal?: AbortSignal): Promise<DeliveryReport> {
    const report = { sent: 0, edited: 0, found: 0, failed: 0, uncertain: 0, dead: 0, kept: 0, lost: 0 };
    const lanes = new Set<Promise<void>>();
    const troubles: unknown[] = [];

    const start = (letter: ClaimedLetter) => {
      // A clock that jumps may end the lease of a letter that this very process has in hand.
      if (onTheirWay.has(letter.id)) return;
      onTheirWay.add(letter.id);
      const lane = attempts
        .carry(letter, signal)
        .then((outcome) => {
          report[outcome] += 1;
        })
        .catch((error: unknown) => {
          troubles.push(error);
        })
        .finally(() => {
          onTheirWay.delete(letter.id);
          lanes.delete(lane);
        });
      lanes.add(lane);
    };

    const claim = async (limit: number) => {
      try {
        const letters = await claimDue(db, { by: instance, at: now(), limit, leaseMs: LEASE_MS });
        for (const letter of letters) start(letter);
      } catch (error) {
        troubles.push(error);
      }
    };

    for (;;) {
      const goesOn = !signal?.aborted && troubles.length === 0 && attempts.closedFor() === 0;
      // Whoever had a letter on its way when we asked may have more: only an answer to the idle is the last.
      const idle = lanes.size === 0;
      // To claim one letter costs as much as to claim several.
      if (goesOn && lanes.size <= LANES / 2) await claim(LANES - lanes.size);
      if (lanes.size > 0) await Promise.race(lanes);
      else if (idle) break;
    }
    if (troubles.length > 0) throw troubles[0];
    return report;
  }

  async function sleepingTime(): Promise<number> {
    const due = await nextDueAt(db);
    const untilDue = due ? due.getTime() - now().getTime() : LONGEST_SLEEP_MS;
    return Math.min(LONGEST_SLEEP_MS, Math.max(untilDue, attempts.closedFor(), SHORTEST_SLEEP_MS));
  }

  return {
    deliver,

    async keepDelivering(signal) {
      while (!signal.aborted) {
        woken = new AbortController();
        const rest = await deliver(signal)
          .then(sleepingTime)
          .catch((error: unknown) => {
            log.error({ error: wordsOf(error) }, 'Letters cannot be delivered for a while');
            return LONGEST_SLEEP_MS;
          });
        const either = AbortSignal.any([signal, woken.signal]);
        if (!either.aborted) await pause(rest, either);
      }
    },

    wake() {
      woken.abort();
    },
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
