import type { App } from '@slack/bolt';
import type { Database } from '../store/database.ts';
import type { Caller } from './authorizer.ts';
import { type ActionHandler, addActionRoute, addDecisionRoute } from './routing/action-route.ts';
import { addCommandRoute, type CommandHandler } from './routing/command-route.ts';
import { ACK_DEADLINE_MS } from './routing/durable-ack.ts';
import {
  addEventRoute,
  addUserEventRoute,
  type EventHandler,
  type EventReply,
  type UserEventHandler,
} from './routing/event-route.ts';
import { addFallbackRoutes } from './routing/fallback-routes.ts';
import { addFormRoute, type FormHandler, type FormValidator } from './routing/form-route.ts';
import { createGuardedHandler, type GuardOptions } from './routing/guarded-handler.ts';
import { trackInFlight } from './routing/in-flight.ts';
import { finishInterruptedInteractions } from './routing/interrupted-interactions.ts';
import { addOptionsRoute, type OptionsSearch } from './routing/options-route.ts';
import type { RouteContext } from './routing/route.ts';

/** Registers handlers for what comes from Slack. Each interaction is authorized first, whatever its payload says. */
export interface Router {
  command(name: string, handler: CommandHandler): void;
  /** Registers an action that shows something, by its ID or the part before the colon. */
  action(actionId: string, handler: ActionHandler): void;
  /** Registers an action that changes something: once Slack saw it acknowledged, it is done even after a crash. */
  decision(actionId: string, handler: ActionHandler): void;
  /** Registers a form. What `validate` finds wrong is shown under the inputs. */
  form(callbackId: string, validate: FormValidator, handler: FormHandler): void;
  /** Registers the search behind a select menu. */
  options(actionId: string, search: OptionsSearch): void;
  event(type: string, handler: EventHandler): void;
  /** Registers an event that a person caused; `respond` shows them why it was not handled. */
  userEvent(type: string, handler: UserEventHandler, respond?: EventReply): void;
  /** Acknowledges and logs everything that has no handler. Call it last. */
  registerFallbacks(): void;
  /** Finishes what was acknowledged by an instance that died before it was done. */
  finishInterrupted(): Promise<number>;
  /** Resolves when everything that came in is handled, or when the time is up. */
  drain(deadlineMs: number): Promise<void>;
}

export interface RouterOptions extends GuardOptions {
  readonly db: Database;
  readonly now: () => Date;
  /** How long a form or a decision may take before it is saved and acknowledged without its outcome. */
  readonly ackDeadlineMs?: number;
  /** Called with everyone whose click or form was handled. */
  readonly onInteraction?: (caller: Caller) => void;
}

/** Creates the router of a Bolt app. */
export function createRouter(
  app: App,
  {
    authorizer,
    channelPolicy,
    db,
    log,
    now,
    ackDeadlineMs = ACK_DEADLINE_MS,
    onInteraction = () => undefined,
  }: RouterOptions,
): Router {
  const registered = {
    commands: new Set<string>(),
    actions: new Set<string>(),
    forms: new Set<string>(),
    options: new Set<string>(),
  };
  const { drain } = trackInFlight(app);
  const handle = createGuardedHandler({ authorizer, channelPolicy, log });
  const context: RouteContext = {
    app,
    handle,
    db,
    log,
    now,
    ackDeadlineMs,
    onInteraction,
    durableHandlers: new Map(),
  };

  return {
    command(name, handler) {
      registered.commands.add(name);
      addCommandRoute(context, name, handler);
    },
    action(actionId, handler) {
      registered.actions.add(actionId);
      addActionRoute(context, actionId, handler);
    },
    decision(actionId, handler) {
      registered.actions.add(actionId);
      addDecisionRoute(context, actionId, handler);
    },
    form(callbackId, validate, handler) {
      registered.forms.add(callbackId);
      addFormRoute(context, callbackId, validate, handler);
    },
    options(actionId, search) {
      registered.options.add(actionId);
      addOptionsRoute(context, actionId, search);
    },
    event: (type, handler) => addEventRoute(context, type, handler),
    userEvent: (type, handler, respond = async () => undefined) =>
      addUserEventRoute(context, type, handler, respond),
    registerFallbacks: () => addFallbackRoutes(app, registered, log),
    finishInterrupted: () =>
      finishInterruptedInteractions({ db, client: app.client, log, handlers: context.durableHandlers }),
    drain,
  };
}
