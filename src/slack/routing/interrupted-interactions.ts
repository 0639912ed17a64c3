import type { WebClient } from '@slack/web-api';
import type { Database } from '../../store/database.ts';
import { claimInterruptedInteraction, deletePendingInteraction } from '../../store/pending-interactions.ts';
import type { Log } from '../../usecases/shared/context.ts';
import { runWithRequestId } from '../request-context.ts';
import { defaultSleep, type Sleep } from '../sleep.ts';
import { durableActionKey } from './action-route.ts';
import { INTERACTION_LEASE_MS } from './durable-ack.ts';
import { durableFormKey } from './form-route.ts';
import type { DurableHandler } from './route.ts';

/** An interaction that ended that many processes is not tried again. */
const MAX_ATTEMPTS = 3;
const POLL_INTERVAL_MS = 30_000;

/** Finishes interrupted interactions, at once and every half minute, until the signal. */
export async function watchInterruptedInteractions({
  finishInterrupted,
  log,
  signal,
  sleep = defaultSleep,
}: {
  readonly finishInterrupted: () => Promise<number>;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly sleep?: Sleep;
}): Promise<void> {
  while (!signal.aborted) {
    await finishInterrupted().catch((error: unknown) =>
      log.warn({ err: error }, 'Could not look for interrupted interactions'),
    );
    await sleep(POLL_INTERVAL_MS, signal);
  }
}

/** Finishes every interaction that was acknowledged by an instance which then died. Returns how many there were. */
export async function finishInterruptedInteractions({
  db,
  client,
  log,
  handlers,
}: {
  readonly db: Database;
  readonly client: WebClient;
  readonly log: Log;
  readonly handlers: ReadonlyMap<string, DurableHandler>;
}): Promise<number> {
  for (let finished = 0; ; finished += 1) {
    const interaction = await claimInterruptedInteraction(db, { leaseMs: INTERACTION_LEASE_MS });
    if (!interaction) return finished;
    const { id, payload, attempts } = interaction;
    const key = durableKeyOf(payload as SlackPayload);
    const handler = handlers.get(key);
    if (!handler || attempts > MAX_ATTEMPTS) {
      log.error({ interaction: key, attempts }, 'Could not finish an interrupted interaction');
    } else {
      log.info({ interaction: key, attempts }, 'Finishing an interrupted interaction');
      await runWithRequestId(() => handler(payload as object, client, undefined));
    }
    await deletePendingInteraction(db, id);
  }
}

interface SlackPayload {
  readonly type?: string;
  readonly view?: { readonly callback_id?: string };
  readonly actions?: readonly { readonly action_id?: string }[];
}

function durableKeyOf({ type, view, actions }: SlackPayload): string {
  return type === 'view_submission'
    ? durableFormKey(view?.callback_id ?? '')
    : durableActionKey(actions?.[0]?.action_id ?? '');
}
