import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { type ActionContext, createActionResponder } from '../interaction.ts';
import { startDurableAck } from './durable-ack.ts';
import { actionIdPattern, claimedIdentityOf, type RouteContext } from './route.ts';

export type ActionHandler = (interaction: ActionContext) => Promise<void>;

/** Registers an action that shows something: it is acknowledged at once. */
export function addActionRoute(context: RouteContext, actionId: string, handler: ActionHandler): void {
  const constraints = { action_id: actionIdPattern(actionId), type: 'block_actions' } as const;
  context.app.action(constraints, async ({ ack, body, client }) => {
    await ack();
    await handleAction(context, { actionId, body, client }, handler);
  });
}

/** Registers an action that changes something: it is acknowledged when it is done or saved, and survives a crash. */
export function addDecisionRoute(context: RouteContext, actionId: string, handler: ActionHandler): void {
  const { app, db, log, ackDeadlineMs: deadlineMs } = context;
  const constraints = { action_id: actionIdPattern(actionId), type: 'block_actions' } as const;
  app.action(constraints, async ({ ack, body, client }) => {
    const durableAck = startDurableAck({
      ack: () => ack(),
      interimAnswer: undefined,
      payload: body,
      deadlineMs,
      db,
      log,
    });
    await handleAction(context, { actionId, body, client }, handler);
    await durableAck.finish();
  });
  context.durableHandlers.set(durableActionKey(actionId), (payload, client) =>
    handleAction(context, { actionId, body: payload as BlockAction, client }, handler),
  );
}

/** Identifies the handler of a durable action. */
export function durableActionKey(actionId: string): string {
  return `action:${actionId.split(':')[0]}`;
}

async function handleAction(
  { handle, log, onInteraction }: RouteContext,
  {
    actionId,
    body,
    client,
  }: { readonly actionId: string; readonly body: BlockAction; readonly client: WebClient },
  handler: ActionHandler,
): Promise<void> {
  const surface = surfaceOf(body);
  const origin = {
    userId: body.user.id,
    responseUrl: body.response_url,
    triggerId: body.trigger_id,
    surface,
    viewId: body.view?.id,
  };
  const responder = createActionResponder(origin, client, log);
  const request = {
    claim: claimedIdentityOf(body),
    channelId: body.channel?.id,
    logFields: { action: actionId },
    reply: responder.reply,
  };
  await handle(request, async (caller) => {
    const value = actionValueOf(body);
    const blockId = body.actions[0]?.block_id ?? '';
    await handler({ ...responder, caller, client, log, surface, value, blockId });
    onInteraction(caller);
  });
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
