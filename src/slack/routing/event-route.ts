import { claimEvent, deleteOldEvents } from '../../store/seen-events.ts';
import type { Caller } from '../authorizer.ts';
import type { RenderedMessage } from '../views/shared/blocks.ts';
import type { RouteContext } from './route.ts';

export type SlackEvent = Readonly<Record<string, unknown>>;
export type EventHandler = (event: SlackEvent) => Promise<void>;
export type UserEventHandler = (caller: Caller, event: SlackEvent) => Promise<void>;
/** Replies to an event, which has no reply of its own. */
export type EventReply = (userId: string, content: RenderedMessage, event: SlackEvent) => Promise<void>;

const EVENT_RETENTION_MS = 2 * 24 * 60 * 60_000;

/** Registers an event of the workspace. Slack delivers some twice: each is handled once. */
export function addEventRoute(context: RouteContext, type: string, handler: EventHandler): void {
  const { app, log } = context;
  app.event(type, async ({ event, body }) => {
    try {
      if (await isFirstDelivery(context, body.event_id)) await handler(event as unknown as SlackEvent);
    } catch (error) {
      log.error({ event: type, err: error }, 'Event failed');
    }
  });
}

/** Registers an event that a person caused, who is authorized first. */
export function addUserEventRoute(
  context: RouteContext,
  type: string,
  handler: UserEventHandler,
  respond: EventReply,
): void {
  const { app, handle, log } = context;
  app.event(type, async ({ event, body }) => {
    const { user, user_team } = event as unknown as { user?: string; user_team?: string };
    if (user === undefined) return;
    try {
      if (!(await isFirstDelivery(context, body.event_id))) return;
    } catch (error) {
      log.error({ event: type, err: error }, 'Could not check whether an event is new');
    }
    const slackEvent = event as unknown as SlackEvent;
    const request = {
      claim: { userId: user, teamId: user_team ?? body.team_id },
      logFields: { event: type },
      reply: (content: RenderedMessage) => respond(user, content, slackEvent),
    };
    await handle(request, (caller) => handler(caller, slackEvent));
  });
}

async function isFirstDelivery({ db, now }: RouteContext, eventId: string): Promise<boolean> {
  const at = now();
  await deleteOldEvents(db, new Date(at.getTime() - EVENT_RETENTION_MS));
  return claimEvent(db, eventId, at);
}
