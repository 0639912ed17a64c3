import type { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Database } from '../../store/database.ts';
import type { Log } from '../../usecases/shared/context.ts';
import type { Caller, ClaimedIdentity } from '../authorizer.ts';
import type { GuardedHandler } from './guarded-handler.ts';

/** What every kind of route needs. */
export interface RouteContext {
  readonly app: App;
  readonly handle: GuardedHandler;
  readonly db: Database;
  readonly log: Log;
  readonly now: () => Date;
  /** How long an interaction may take before it is saved and acknowledged without its outcome. */
  readonly ackDeadlineMs: number;
  /** Called with everyone whose click or form was handled. */
  readonly onInteraction: (caller: Caller) => void;
  /** Handlers of durable interactions by what identifies them, for those that a crash interrupted. */
  readonly durableHandlers: Map<string, DurableHandler>;
}

/** Handles an interaction from its payload alone; `ack` is undefined when it was acknowledged before a crash. */
export type DurableHandler = (
  payload: object,
  client: WebClient,
  ack: ((answer?: object) => Promise<void>) | undefined,
) => Promise<void>;

/** Matches an action id, and everything that follows a colon: two of a kind in one row need different ids. */
export function actionIdPattern(actionId: string): RegExp {
  return new RegExp(`^${actionId}(:|$)`);
}

/** Returns who acts, in their own workspace and never the conversation's: without one they are a stranger. */
export function claimedIdentityOf({
  user,
}: {
  readonly user: { readonly id: string; readonly team_id?: string };
}): ClaimedIdentity {
  return { userId: user.id, teamId: user.team_id };
}
