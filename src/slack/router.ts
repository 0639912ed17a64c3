import type { AllMiddlewareArgs, App, BlockAction } from '@slack/bolt';
import type { Database } from '../store/database.ts';
import { firstTime, forgetEvents } from '../store/seen-events.ts';
import type { Log } from '../usecases/shared/context.ts';
import { type Caller, type Claim, type Gate, type Refusal, refusalWords } from './authorizer.ts';
import { type Form, formOf } from './form.ts';
import { asRequest, requestId } from './request-context.ts';
import { type Drawn, type Modal, plain } from './views/shared/blocks.ts';
import { message } from './views/shared/message.ts';
import {
  type ActionVisit,
  type Answering,
  answeringAt,
  answeringIn,
  asModal,
  type CommandVisit,
  type FormVisit,
  showIn,
} from './interaction.ts';

/** The only way in from Slack: what comes is acknowledged, then who comes is looked at, then it is worked on. */
export interface Door {
  command(name: string, handle: (visit: CommandVisit) => Promise<void>): void;
  /** An action id, or all that go on after a colon: two of a kind in one row need different ids. */
  action(actionId: string, handle: (visit: ActionVisit) => Promise<void>): void;
  /** `check` looks at the form alone, at once: what it finds wrong is written under the inputs, by `block_id`. */
  form(
    callbackId: string,
    check: (form: Form) => Readonly<Record<string, string>>,
    handle: (visit: FormVisit) => Promise<void>,
  ): void;
  /** What a picker offers for what was typed so far; nothing for those who are not let in. */
  options(actionId: string, find: (typed: string, caller: Caller) => Promise<readonly Choice[]>): void;
  event(type: string, handle: (event: SlackEvent) => Promise<void>): void;
  /** An event that somebody caused, who is looked at first. */
  personalEvent(
    type: string,
    handle: (caller: Caller, event: SlackEvent) => Promise<void>,
    /** How words reach them, if something keeps it from being worked on. */
    tell?: (userId: string, words: Drawn, event: SlackEvent) => Promise<void>,
  ): void;
  /** Acknowledges and logs what nobody registered for: an old button, a command of a newer manifest. */
  closeBehind(): void;
  /** Resolves when everything that came in has been worked on, or when the time is up. */
  drained(deadlineMs: number): Promise<void>;
}

export type SlackEvent = Readonly<Record<string, unknown>>;

/** One thing that a picker offers. */
export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly description?: string;
}

const SEEN_EVENTS_MS = 2 * 24 * 60 * 60_000;
/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element#external_select */
const MOST_CHOICES = 100;
/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
const MOST_IN_A_CHOICE = 75;
/** A picker inside a form tells of each choice, and a button that is a link of each click. */
const NEEDS_NO_ANSWER: ReadonlySet<string> = new Set(['form', 'link']);

/** The reason is in the log, where the request's id leads to it. It may be that only the answer did not get through. */
const sorry = () =>
  message(
    `Something went wrong on my side. If something was to be changed, please look whether it was done before you try again. If it goes on, tell whoever runs me, and quote ${requestId()}.`,
  );

export interface DoorOptions {
  readonly gate: Gate;
  readonly db: Database;
  readonly log: Log;
  readonly now: () => Date;
  /** Told of everybody whose click or form was worked on. */
  readonly acted?: (caller: Caller) => void;
}

/** The door of a Bolt app. */
export function openDoor(app: App, { gate, db, log, now, acted = () => undefined }: DoorOptions): Door {
  const known = {
    commands: new Set<string>(),
    actions: new Set<string>(),
    forms: new Set<string>(),
    options: new Set<string>(),
  };
  const traffic = countTraffic(app);

  const letIn = async (
    claim: Claim,
    channelId: string | undefined,
    what: object,
  ): Promise<Caller | Refusal> => {
    const [access, channel] = await Promise.all([
      gate.admit(claim),
      channelId === undefined ? undefined : gate.refusesChannel(channelId),
    ]);
    const because = access.kind === 'refused' ? access.because : channel;
    if (because === undefined && access.kind === 'granted') return access.caller;
    log.warn({ user: claim.userId, team: claim.teamId, because, ...what }, 'Turned somebody away');
    return because ?? 'nobody';
  };

  /** Lets somebody in and works on what they want; a refusal or a failure is said in words, and logged. */
  const attend = async (
    claim: Claim,
    channelId: string | undefined,
    what: object,
    say: Answering['say'],
    work: (caller: Caller) => Promise<void>,
  ): Promise<void> => {
    try {
      const caller = await letIn(claim, channelId, what);
      if (typeof caller === 'string') await say(message(refusalWords(caller)));
      else await work(caller);
    } catch (error) {
      log.error({ ...what, user: claim.userId, err: error }, 'Could not answer');
      await say(sorry()).catch((second: unknown) =>
        log.error({ ...what, user: claim.userId, err: second }, 'Could not even say so'),
      );
    }
  };

  const isNews = async (eventId: string): Promise<boolean> => {
    const at = now();
    await forgetEvents(db, new Date(at.getTime() - SEEN_EVENTS_MS));
    return firstTime(db, eventId, at);
  };

  return {
    command(name, handle) {
      known.commands.add(name);
      app.command(name, async ({ ack, command, client }) => {
        await ack();
        const { user_id: userId, team_id: teamId, channel_id, text } = command;
        const answering = answeringIn(command.response_url, command.trigger_id, client, log);
        await attend({ userId, teamId }, channel_id, { command: name }, answering.say, (caller) =>
          handle({ ...answering, caller, client, log, text }),
        );
      });
    },

    action(actionId, handle) {
      known.actions.add(actionId);
      const ids = new RegExp(`^${actionId}(:|$)`);
      app.action({ action_id: ids, type: 'block_actions' }, async ({ ack, body, client }) => {
        await ack();
        const surface = surfaceOf(body);
        const answering = answeringAt(
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
        await attend(claimOf(body), body.channel?.id, { action: actionId }, answering.say, async (caller) => {
          await handle({
            ...answering,
            caller,
            client,
            log,
            surface,
            value: carriedBy(body),
            blockId: body.actions[0]?.block_id ?? '',
          });
          acted(caller);
        });
      });
    },

    form(callbackId, check, handle) {
      known.forms.add(callbackId);
      app.view({ callback_id: callbackId, type: 'view_submission' }, async ({ ack, body, client }) => {
        const { view } = body;
        const form = formOf(view);
        const errors = check(form);
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
        const showAs = (modal: Modal, text: string) =>
          showIn(client, { id: view.id, userId: body.user.id }, { ...modal, clear_on_close: true }, text);
        const show: FormVisit['show'] = (modal) => showAs(modal, modal.title.text);
        const say: Answering['say'] = (drawn) => showAs({ ...asModal(drawn), title }, drawn.text);
        const answering: Answering = {
          say,
          replace: say,
          working: async (meanwhile) => {
            await say(meanwhile);
            return say;
          },
          open: show,
        };
        await attend(claimOf(body), undefined, { form: callbackId }, say, async (caller) => {
          await handle({ ...answering, caller, client, log, form, metadata: view.private_metadata, show });
          acted(caller);
        });
      });
    },

    options(actionId, find) {
      known.options.add(actionId);
      const ids = new RegExp(`^${actionId}(:|$)`);
      app.options({ action_id: ids, type: 'block_suggestion' }, async ({ ack, body }) => {
        // Here the acknowledgement is the answer: there is no other way to give one.
        let choices: readonly Choice[] = [];
        const nothing = async () => undefined;
        await attend(claimOf(body), body.channel?.id, { options: actionId }, nothing, async (caller) => {
          choices = await find(body.value, caller);
        });
        await ack({ options: choices.slice(0, MOST_CHOICES).map(asOption) } as never);
      });
    },

    event(type, handle) {
      app.event(type, async ({ event, body }) => {
        try {
          if (await isNews(body.event_id)) await handle(event as unknown as SlackEvent);
        } catch (error) {
          log.error({ event: type, err: error }, 'Could not act on an event');
        }
      });
    },

    personalEvent(type, handle, tell = async () => undefined) {
      app.event(type, async ({ event, body }) => {
        const { user, user_team } = event as unknown as { user?: string; user_team?: string };
        if (user === undefined) return;
        try {
          if (!(await isNews(body.event_id))) return;
        } catch (error) {
          log.error({ event: type, err: error }, 'Could not tell whether an event is new');
        }
        const claim = { userId: user, teamId: user_team ?? body.team_id };
        const told = event as unknown as SlackEvent;
        await attend(
          claim,
          undefined,
          { event: type },
          (words) => tell(user, words, told),
          (caller) => handle(caller, told),
        );
      });
    },

    closeBehind() {
      app.command(/.*/, async ({ ack, command }) => {
        if (known.commands.has(command.command)) return;
        await ack({ response_type: 'ephemeral', text: 'I do not know this command. Try /mfa-status help.' });
        log.warn({ command: command.command }, 'A command that nobody knows');
      });
      app.action(/.*/, async ({ ack, action }) => {
        const id = 'action_id' in action ? action.action_id : action.type;
        const [name = ''] = id.split(':');
        if (known.actions.has(name)) return;
        await ack();
        if (!NEEDS_NO_ANSWER.has(name)) log.warn({ action: id }, 'A button that nobody knows');
      });
      app.view(/.*/, async ({ ack, view }) => {
        if (known.forms.has(view.callback_id)) return;
        await ack();
        log.warn({ form: view.callback_id }, 'A form that nobody knows');
      });
      app.options(/.*/, async ({ ack, body }) => {
        const id = 'action_id' in body ? String(body.action_id) : '';
        if (known.options.has(id.split(':')[0] ?? '')) return;
        await ack({ options: [] });
        log.warn({ options: id }, 'A picker that nobody knows');
      });
    },

    drained: traffic.drained,
  };
}

/** The person who acts, with their own workspace, never that of the conversation: without it they are a stranger. */
function claimOf({ user }: { readonly user: { readonly id: string; readonly team_id?: string } }): Claim {
  return { userId: user.id, teamId: user.team_id };
}

function surfaceOf(body: BlockAction): ActionVisit['surface'] {
  if (body.view) return body.view.type === 'home' ? 'home' : 'modal';
  return body.container['is_ephemeral'] === true ? 'ephemeral' : 'message';
}

function carriedBy({ actions: [action] }: BlockAction): string {
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

function asOption({ value, text, description }: Choice) {
  return {
    value,
    text: plain(text, MOST_IN_A_CHOICE),
    ...(description && { description: plain(description, MOST_IN_A_CHOICE) }),
  };
}

/** Gives each request its id, and counts what is being worked on, so that a stop can wait for it. */
function countTraffic(app: App): Pick<Door, 'drained'> {
  let inFlight = 0;
  let idle: () => void = () => undefined;
  app.use(async ({ next }: AllMiddlewareArgs) => {
    inFlight += 1;
    try {
      await asRequest(next);
    } finally {
      inFlight -= 1;
      if (inFlight === 0) idle();
    }
  });
  return {
    async drained(deadlineMs) {
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
