import type { AllMiddlewareArgs, App, BlockAction } from '@slack/bolt';
import type { Database } from '../store/database.ts';
import { claimEvent, deleteOldEvents } from '../store/seen-events.ts';
import type { Log } from '../usecases/shared/context.ts';
import {
  type Authorizer,
  type Caller,
  type ClaimedIdentity,
  type DenialReason,
  denialText,
} from './authorizer.ts';
import { type Form, parseForm } from './form.ts';
import {
  type ActionContext,
  asModal,
  type CommandContext,
  createActionResponder,
  createCommandResponder,
  type FormContext,
  type Responder,
  updateModalOrSend,
} from './interaction.ts';
import { currentRequestId, runWithRequestId } from './request-context.ts';
import { type Modal, plainTextElement, type RenderedMessage } from './views/shared/blocks.ts';
import { message } from './views/shared/message.ts';

/** The only way in from Slack: what comes is acknowledged, then who comes is looked at, then it is worked on. */
export interface Router {
  command(name: string, handler: (interaction: CommandContext) => Promise<void>): void;
  /** An action id, or all that go on after a colon: two of a kind in one row need different ids. */
  action(actionId: string, handler: (interaction: ActionContext) => Promise<void>): void;
  /** `check` looks at the form alone, at once: what it finds wrong is written under the inputs, by `block_id`. */
  form(
    callbackId: string,
    validate: (form: Form) => Readonly<Record<string, string>>,
    handler: (interaction: FormContext) => Promise<void>,
  ): void;
  /** What a picker offers for what was typed so far; nothing for those who are not let in. */
  options(
    actionId: string,
    search: (typed: string, caller: Caller) => Promise<readonly SelectOption[]>,
  ): void;
  event(type: string, handler: (event: SlackEvent) => Promise<void>): void;
  /** An event that somebody caused, who is looked at first. */
  userEvent(
    type: string,
    handler: (caller: Caller, event: SlackEvent) => Promise<void>,
    /** How words reach them, if something keeps it from being worked on. */
    respond?: (userId: string, content: RenderedMessage, event: SlackEvent) => Promise<void>,
  ): void;
  /** Acknowledges and logs what nobody registered for: an old button, a command of a newer manifest. */
  registerFallbacks(): void;
  /** Resolves when everything that came in has been worked on, or when the time is up. */
  drain(deadlineMs: number): Promise<void>;
}

export type SlackEvent = Readonly<Record<string, unknown>>;

/** One thing that a picker offers. */
export interface SelectOption {
  readonly value: string;
  readonly text: string;
  readonly description?: string;
}

const EVENT_RETENTION_MS = 2 * 24 * 60 * 60_000;
/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select */
const MAX_OPTIONS = 100;
/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
const MAX_OPTION_TEXT_LENGTH = 75;
/** A picker inside a form tells of each choice, and a button that is a link of each click. */
const ACK_ONLY_ACTIONS: ReadonlySet<string> = new Set(['form', 'link']);

/** The reason is in the log, where the request's id leads to it. It may be that only the answer did not get through. */
const failureMessage = () =>
  message(
    `Something went wrong on my side. If something was to be changed, please look whether it was done before you try again. If it goes on, tell whoever runs me, and quote ${currentRequestId()}.`,
  );

export interface RouterOptions {
  readonly authorizer: Authorizer;
  readonly db: Database;
  readonly log: Log;
  readonly now: () => Date;
  /** Told of everybody whose click or form was worked on. */
  readonly onInteraction?: (caller: Caller) => void;
}

/** The door of a Bolt app. */
export function createRouter(
  app: App,
  { authorizer, db, log, now, onInteraction = () => undefined }: RouterOptions,
): Router {
  const registered = {
    commands: new Set<string>(),
    actions: new Set<string>(),
    forms: new Set<string>(),
    options: new Set<string>(),
  };
  const inFlightRequests = trackInFlight(app);

  const authorize = async (
    claim: ClaimedIdentity,
    channelId: string | undefined,
    logFields: object,
  ): Promise<Caller | DenialReason> => {
    const [access, channel] = await Promise.all([
      authorizer.authorize(claim),
      channelId === undefined ? undefined : authorizer.channelDenialReason(channelId),
    ]);
    const reason = access.kind === 'refused' ? access.reason : channel;
    if (reason === undefined && access.kind === 'granted') return access.caller;
    log.warn(
      { user: claim.userId, team: claim.teamId, because: reason, ...logFields },
      'Turned somebody away',
    );
    return reason ?? 'unknown-user';
  };

  /** Lets somebody in and works on what they want; a refusal or a failure is said in words, and logged. */
  const handle = async (
    claim: ClaimedIdentity,
    channelId: string | undefined,
    logFields: object,
    reply: Responder['reply'],
    task: (caller: Caller) => Promise<void>,
  ): Promise<void> => {
    try {
      const caller = await authorize(claim, channelId, logFields);
      if (typeof caller === 'string') await reply(message(denialText(caller)));
      else await task(caller);
    } catch (error) {
      log.error({ ...logFields, user: claim.userId, err: error }, 'Could not answer');
      await reply(failureMessage()).catch((second: unknown) =>
        log.error({ ...logFields, user: claim.userId, err: second }, 'Could not even say so'),
      );
    }
  };

  const isFirstDelivery = async (eventId: string): Promise<boolean> => {
    const at = now();
    await deleteOldEvents(db, new Date(at.getTime() - EVENT_RETENTION_MS));
    return claimEvent(db, eventId, at);
  };

  return {
    command(name, handler) {
      registered.commands.add(name);
      app.command(name, async ({ ack, command, client }) => {
        await ack();
        const { user_id: userId, team_id: teamId, channel_id, text } = command;
        const responder = createCommandResponder(command.response_url, command.trigger_id, client, log);
        await handle({ userId, teamId }, channel_id, { command: name }, responder.reply, (caller) =>
          handler({ ...responder, caller, client, log, text }),
        );
      });
    },

    action(actionId, handler) {
      registered.actions.add(actionId);
      const ids = new RegExp(`^${actionId}(:|$)`);
      app.action({ action_id: ids, type: 'block_actions' }, async ({ ack, body, client }) => {
        await ack();
        const surface = surfaceOf(body);
        const responder = createActionResponder(
          {
            userId: body.user.id,
            responseUrl: body.response_url,
            triggerId: body.trigger_id,
            surface,
            viewId: body.view?.id,
          },
          client,
          log,
        );
        await handle(
          claimedIdentityOf(body),
          body.channel?.id,
          { action: actionId },
          responder.reply,
          async (caller) => {
            await handler({
              ...responder,
              caller,
              client,
              log,
              surface,
              value: actionValueOf(body),
              blockId: body.actions[0]?.block_id ?? '',
            });
            onInteraction(caller);
          },
        );
      });
    },

    form(callbackId, validate, handler) {
      registered.forms.add(callbackId);
      app.view({ callback_id: callbackId, type: 'view_submission' }, async ({ ack, body, client }) => {
        const { view } = body;
        const form = parseForm(view);
        const errors = validate(form);
        if (Object.keys(errors).length > 0) {
          await ack({ response_action: 'errors', errors });
          return;
        }
        const title = { type: 'plain_text', text: view.title.text } as const;
        await ack({
          response_action: 'update',
          view: { ...asModal(message('One moment…')), title } as never,
        });

        // What a form was opened from is done with: whoever closes the outcome is out.
        const updateForm = (modal: Modal, text: string) =>
          updateModalOrSend(
            client,
            { id: view.id, userId: body.user.id },
            { ...modal, clear_on_close: true },
            text,
          );
        const showModal: FormContext['showModal'] = (modal) => updateForm(modal, modal.title.text);
        const reply: Responder['reply'] = (drawn) => updateForm({ ...asModal(drawn), title }, drawn.text);
        const responder: Responder = {
          reply,
          replace: reply,
          showProgress: async (meanwhile) => {
            await reply(meanwhile);
            return reply;
          },
          openModal: showModal,
        };
        await handle(claimedIdentityOf(body), undefined, { form: callbackId }, reply, async (caller) => {
          await handler({
            ...responder,
            caller,
            client,
            log,
            form,
            metadata: view.private_metadata,
            showModal,
          });
          onInteraction(caller);
        });
      });
    },

    options(actionId, search) {
      registered.options.add(actionId);
      const ids = new RegExp(`^${actionId}(:|$)`);
      app.options({ action_id: ids, type: 'block_suggestion' }, async ({ ack, body }) => {
        // Here the acknowledgement is the answer: there is no other way to give one.
        let options: readonly SelectOption[] = [];
        const noReply = async () => undefined;
        await handle(
          claimedIdentityOf(body),
          body.channel?.id,
          { options: actionId },
          noReply,
          async (caller) => {
            options = await search(body.value, caller);
          },
        );
        await ack({ options: options.slice(0, MAX_OPTIONS).map(toOptionObject) } as never);
      });
    },

    event(type, handler) {
      app.event(type, async ({ event, body }) => {
        try {
          if (await isFirstDelivery(body.event_id)) await handler(event as unknown as SlackEvent);
        } catch (error) {
          log.error({ event: type, err: error }, 'Could not act on an event');
        }
      });
    },

    userEvent(type, handler, respond = async () => undefined) {
      app.event(type, async ({ event, body }) => {
        const { user, user_team } = event as unknown as { user?: string; user_team?: string };
        if (user === undefined) return;
        try {
          if (!(await isFirstDelivery(body.event_id))) return;
        } catch (error) {
          log.error({ event: type, err: error }, 'Could not tell whether an event is new');
        }
        const claim = { userId: user, teamId: user_team ?? body.team_id };
        const slackEvent = event as unknown as SlackEvent;
        await handle(
          claim,
          undefined,
          { event: type },
          (content) => respond(user, content, slackEvent),
          (caller) => handler(caller, slackEvent),
        );
      });
    },

    registerFallbacks() {
      app.command(/.*/, async ({ ack, command }) => {
        if (registered.commands.has(command.command)) return;
        await ack({ response_type: 'ephemeral', text: 'I do not know this command. Try /mfa-status help.' });
        log.warn({ command: command.command }, 'A command that nobody knows');
      });
      app.action(/.*/, async ({ ack, action }) => {
        const id = 'action_id' in action ? action.action_id : action.type;
        const [name = ''] = id.split(':');
        if (registered.actions.has(name)) return;
        await ack();
        if (!ACK_ONLY_ACTIONS.has(name)) log.warn({ action: id }, 'A button that nobody knows');
      });
      app.view(/.*/, async ({ ack, view }) => {
        if (registered.forms.has(view.callback_id)) return;
        await ack();
        log.warn({ form: view.callback_id }, 'A form that nobody knows');
      });
      app.options(/.*/, async ({ ack, body }) => {
        const id = 'action_id' in body ? String(body.action_id) : '';
        if (registered.options.has(id.split(':')[0] ?? '')) return;
        await ack({ options: [] });
        log.warn({ options: id }, 'A picker that nobody knows');
      });
    },

    drain: inFlightRequests.drain,
  };
}

/** The person who acts, with their own workspace, never that of the conversation: without it they are a stranger. */
function claimedIdentityOf({
  user,
}: {
  readonly user: { readonly id: string; readonly team_id?: string };
}): ClaimedIdentity {
  return { userId: user.id, teamId: user.team_id };
}

function surfaceOf(body: BlockAction): ActionContext['surface'] {
  if (body.view) return body.view.type === 'home' ? 'home' : 'modal';
  return body.container['is_ephemeral'] === true ? 'ephemeral' : 'message';
}

function actionValueOf({ actions: [action] }: BlockAction): string {
  switch (action?.type) {
    case 'button':
      return action.value ?? '';
    case 'static_select':
    case 'external_select':
    case 'overflow':
    case 'radio_buttons':
      return action.selected_option?.value ?? '';
    case 'users_select':
      return action.selected_user ?? '';
    default:
      return '';
  }
}

function toOptionObject({ value, text, description }: SelectOption) {
  return {
    value,
    text: plainTextElement(text, MAX_OPTION_TEXT_LENGTH),
    ...(description && { description: plainTextElement(description, MAX_OPTION_TEXT_LENGTH) }),
  };
}

/** Gives each request its id, and counts what is being worked on, so that a stop can wait for it. */
function trackInFlight(app: App): Pick<Router, 'drain'> {
  let inFlight = 0;
  let idle: () => void = () => undefined;
  app.use(async ({ next }: AllMiddlewareArgs) => {
    inFlight += 1;
    try {
      await runWithRequestId(next);
    } finally {
      inFlight -= 1;
      if (inFlight === 0) idle();
    }
  });
  return {
    async drain(deadlineMs) {
      if (inFlight === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadlineMs);
        idle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}
