import type { App } from '@slack/bolt';
import type { Log } from '../../usecases/shared/context.ts';

/** What handlers were registered for. */
export interface RegisteredRoutes {
  readonly commands: Set<string>;
  readonly actions: Set<string>;
  readonly forms: Set<string>;
  readonly options: Set<string>;
}

/** A select menu inside a form reports each choice, and a button that is a link each click: neither needs a handler. */
const ACK_ONLY_ACTIONS: ReadonlySet<string> = new Set(['form', 'link']);

/** Acknowledges and logs what nothing was registered for: a button of an old message, a command of a newer manifest. */
export function addFallbackRoutes(app: App, registered: RegisteredRoutes, log: Log): void {
  app.command(/.*/, async ({ ack, command }) => {
    if (registered.commands.has(command.command)) return;
    await ack({ response_type: 'ephemeral', text: 'I don’t know this command. Try `/mfa-status help`.' });
    log.warn({ command: command.command }, 'Unknown command');
  });
  app.action(/.*/, async ({ ack, action }) => {
    const id = 'action_id' in action ? action.action_id : action.type;
    const name = baseNameOf(id);
    if (registered.actions.has(name)) return;
    await ack();
    if (!ACK_ONLY_ACTIONS.has(name)) log.warn({ action: id }, 'Unknown action');
  });
  app.view(/.*/, async ({ ack, view }) => {
    if (registered.forms.has(view.callback_id)) return;
    await ack();
    log.warn({ form: view.callback_id }, 'Unknown form');
  });
  app.options(/.*/, async ({ ack, body }) => {
    const id = 'action_id' in body ? String(body.action_id) : '';
    if (registered.options.has(baseNameOf(id))) return;
    await ack({ options: [] });
    log.warn({ options: id }, 'Unknown options');
  });
}

function baseNameOf(actionId: string): string {
  return actionId.split(':')[0] ?? '';
}
