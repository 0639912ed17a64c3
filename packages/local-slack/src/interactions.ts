import type { Core } from './core.ts';
import type { Delivery } from './delivery.ts';
import { InteractionError } from './input-values.ts';
import { act, options } from './interactions/block-actions.ts';
import { command } from './interactions/commands.ts';
import { DONE, type InteractionContext } from './interactions/context.ts';
import { inviteBot, message, openConversation, openHome } from './interactions/conversations.ts';
import { close, submit } from './interactions/modals.ts';
import type { UiAction, UiActionResult } from './ui-contract.ts';

/** Does what people do, within what is on their screen and where they may be. */
export function createInteractions(core: Core, delivery: Delivery) {
  return {
    /** Performs one action as a person; resolves once the app has acknowledged it, or failed to. */
    async perform(action: UiAction): Promise<UiActionResult> {
      const person = core.workspace.people.get(action.user);
      if (!person) return { ok: false, error: 'There is no such person.' };
      if (person.kind === 'deactivated') return { ok: false, error: 'This account is deactivated.' };
      try {
        return await performAs({ core, delivery, person }, action);
      } catch (error) {
        if (error instanceof InteractionError) return { ok: false, error: error.message };
        throw error;
      }
    },
  };
}

async function performAs(ctx: InteractionContext, action: UiAction): Promise<UiActionResult> {
  switch (action.kind) {
    case 'command':
      return command(ctx, action.channel, action.text);
    case 'message':
      return message(ctx, action);
    case 'action':
      return act(ctx, action);
    case 'submit':
      return submit(ctx, action.viewId, action.values);
    case 'close':
      return close(ctx, action.viewId);
    case 'openHome':
      return openHome(ctx);
    case 'openConversation':
      return openConversation(ctx, action.channel);
    case 'options':
      return options(ctx, action);
    case 'inviteBot':
      return inviteBot(ctx, action.channel);
    case 'setStatus':
      ctx.core.workspace.setStatus(ctx.person.id, action);
      return DONE;
    default:
      throw new InteractionError('There is no such action.');
  }
}
