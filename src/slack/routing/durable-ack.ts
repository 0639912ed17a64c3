import { randomUUID } from 'node:crypto';
import type { Database } from '../../store/database.ts';
import { deletePendingInteraction, savePendingInteraction } from '../../store/pending-interactions.ts';
import type { Log } from '../../usecases/shared/context.ts';

/** Slack waits three seconds; saving the interaction and the way there take part of them. */
export const ACK_DEADLINE_MS = 2_000;
/** Longer than any handler takes. */
export const INTERACTION_LEASE_MS = 120_000;

/** The acknowledgement of one interaction: once, with its outcome if that comes in time. */
export interface DurableAck {
  /** Acknowledges with the outcome. False when it was acknowledged before, so the outcome must go another way. */
  acknowledge(answer?: object): Promise<boolean>;
  /** Ends the interaction: acknowledges if nothing else did, and deletes what was saved. */
  finish(): Promise<void>;
}

export interface DurableAckOptions {
  readonly ack: (answer?: object) => Promise<void>;
  /** What to acknowledge with when the outcome is not there in time. */
  readonly interimAnswer: object | undefined;
  readonly payload: object;
  readonly deadlineMs: number;
  readonly db: Database;
  readonly log: Log;
}

/**
 * Starts the clock of an acknowledgement. When there is no outcome in time, the interaction is saved, and only then
 * acknowledged: whatever Slack saw acknowledged is finished by another instance if this one dies. When it cannot be
 * saved it is not acknowledged, and Slack tells the person that it failed.
 */
export function startDurableAck({
  ack,
  interimAnswer,
  payload,
  deadlineMs,
  db,
  log,
}: DurableAckOptions): DurableAck {
  const id = randomUUID();
  let saved: Promise<void> | undefined;
  let acknowledged: Promise<boolean> | undefined;

  const acknowledgeOnce = async (answer: object | undefined): Promise<boolean> => {
    try {
      await ack(answer);
      return true;
    } catch (error) {
      log.warn({ err: error }, 'Could not acknowledge an interaction');
      return false;
    }
  };

  const acknowledgeUnfinished = async (): Promise<boolean> => {
    saved = savePendingInteraction(db, { id, payload, leaseMs: INTERACTION_LEASE_MS });
    try {
      await saved;
    } catch (error) {
      log.error({ err: error }, 'Could not save an interaction before acknowledging it');
      return false;
    }
    return acknowledgeOnce(interimAnswer);
  };

  const timer = setTimeout(() => {
    acknowledged ??= acknowledgeUnfinished();
  }, deadlineMs);

  return {
    async acknowledge(answer) {
      clearTimeout(timer);
      if (acknowledged === undefined) {
        acknowledged = acknowledgeOnce(answer);
        return acknowledged;
      }
      await acknowledged;
      return false;
    },
    async finish() {
      clearTimeout(timer);
      acknowledged ??= acknowledgeOnce(undefined);
      await acknowledged;
      if (saved === undefined) return;
      await deletePendingInteraction(db, id).catch((error: unknown) =>
        log.warn({ err: error }, 'Could not delete a handled interaction'),
      );
    },
  };
}
