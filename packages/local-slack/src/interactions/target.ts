import { messageSurfaceKey } from '../input-state.ts';
import { InteractionError, resolveInputValue } from '../input-values.ts';
import { findInteractiveElement, type InteractiveElement, stateOf } from '../interactive-elements.ts';
import { asJson, type Json } from '../json.ts';
import { messageJson } from '../message-content.ts';
import type { UiSurface, UiValues } from '../ui-contract.ts';
import { blocksOf, viewJson } from '../views.ts';
import { channelName, conversationFor, type InteractionContext, topModal } from './context.ts';

/** The surface that a person uses: its blocks, and where an answer to it goes. */
export interface InteractionTarget {
  readonly blocks: readonly Json[];
  /** Its key in the store of input values. */
  readonly key: string;
  readonly responsePlace: { channel: string; messageTs: string } | null;
}

/** Returns the surface, if the person can see it. */
export function findTarget(ctx: InteractionContext, surface: UiSurface): InteractionTarget {
  const { person } = ctx;
  const { workspace } = ctx.core;
  switch (surface.kind) {
    case 'message': {
      const { channel, ts } = surface;
      conversationFor(ctx, channel);
      const found = workspace.messageAt(channel, ts);
      if (!found || (found.ephemeralTo ?? person.id) !== person.id)
        throw new InteractionError('That message no longer exists.');
      return {
        blocks: found.blocks,
        key: messageSurfaceKey(channel, ts),
        responsePlace: { channel, messageTs: ts },
      };
    }
    case 'home':
    case 'view': {
      const view = surface.kind === 'home' ? workspace.homes.get(person.id) : topModal(ctx, surface.viewId);
      if (!view) throw new InteractionError('The Home of this app is still empty.');
      return { blocks: blocksOf(view), key: view.id, responsePlace: null };
    }
  }
}

/** Returns the payload fields of where an interaction happens, with the current value of every input. */
export function currentTarget(ctx: InteractionContext, surface: UiSurface): Json {
  const { core, person } = ctx;
  const { workspace } = core;
  const target = findTarget(ctx, surface);
  if (surface.kind !== 'message') {
    const view = workspace.viewById(target.key);
    if (!view) return {};
    return { container: { type: 'view', view_id: view.id }, view: viewJson(core, view) };
  }
  const { channel, ts } = surface;
  const conversation = conversationFor(ctx, channel);
  const found = workspace.messageAt(channel, ts);
  const isEphemeral = found?.ephemeralTo !== null;
  return {
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel,
      is_ephemeral: isEphemeral,
      ...(found?.threadTs && { thread_ts: found.threadTs }),
    },
    channel: { id: channel, name: channelName(conversation) },
    ...(found && !isEphemeral && { message: messageJson(core, found) }),
    state: { values: stateOf(target.blocks, core.inputState.get(person.id, target.key)) },
  };
}

/** Saves the value of an input and returns it as payloads have it. */
export function saveInput(
  ctx: InteractionContext,
  target: InteractionTarget,
  touched: InteractiveElement,
  given: Json,
): Json {
  const { core, person } = ctx;
  const { workspace } = core;
  const { blockId, actionId, type } = touched;
  const searchedOptions = core.inputState.optionsFor(person.id, target.key, actionId);
  const value = resolveInputValue(touched, given, searchedOptions, workspace);
  const isKept = !['button', 'overflow', 'icon_button', 'feedback_buttons', 'workflow_button'].includes(type);
  if (isKept) core.inputState.set(person.id, target.key, blockId, actionId, value);
  return value;
}

/** Saves the values of several inputs. */
export function saveInputs(ctx: InteractionContext, target: InteractionTarget, values: UiValues): void {
  for (const [blockId, byAction] of Object.entries(values))
    for (const [actionId, value] of Object.entries(byAction))
      saveInput(ctx, target, elementIn(target, blockId, actionId), asJson(value));
}

/** Returns an interactive element of the surface. */
export function elementIn(target: InteractionTarget, blockId: string, actionId: string): InteractiveElement {
  const found = findInteractiveElement(target.blocks, blockId, actionId);
  if (!found) throw new InteractionError('That element is not on your screen.');
  return found;
}
