import { InteractionError, validateForm } from '../input-values.ts';
import { interactiveElements, stateOf, valueField } from '../interactive-elements.ts';
import { asJson, asText, type Json } from '../json.ts';
import { SlackError } from '../slack-error.ts';
import type { UiActionResult, UiValues } from '../ui-contract.ts';
import { blocksOf, closeModals, pushModal, updateView, viewJson } from '../views.ts';
import type { StoredView } from '../workspace.ts';
import { commonPayload, DONE, type InteractionContext, send, topModal } from './context.ts';
import { findTarget, saveInputs } from './target.ts';

/** Submits a form. */
export async function submit(
  ctx: InteractionContext,
  viewId: string,
  values: UiValues,
): Promise<UiActionResult> {
  const { core, person } = ctx;
  const { workspace } = core;
  const view = topModal(ctx, viewId);
  if (view.content['submit'] === undefined) throw new InteractionError('This view has nothing to submit.');
  const target = findTarget(ctx, { kind: 'view', viewId });
  saveInputs(ctx, target, values);
  view.errors = validateForm(target.blocks, core.inputState.get(person.id, view.id));
  workspace.changed();
  if (Object.keys(view.errors).length > 0) return { ok: false, error: Object.values(view.errors).join('; ') };

  const receipt = await send(ctx, {
    type: 'view_submission',
    ...commonPayload(ctx),
    trigger_id: core.triggers.issue(person.id),
    view: viewJson(core, view),
    response_urls: responseUrlsOf(ctx, view),
  });
  if (receipt.kind === 'failed') return reportFailure(ctx);
  return afterSubmission(ctx, view, receipt.answer);
}

/** Returns response URLs for the conversations that a form's inputs choose for its answer. */
function responseUrlsOf(ctx: InteractionContext, view: StoredView): Json[] {
  const { core, person } = ctx;
  const state = stateOf(blocksOf(view), core.inputState.get(person.id, view.id));
  return interactiveElements(blocksOf(view))
    .filter(({ element }) => element['response_url_enabled'] === true)
    .flatMap(({ blockId, actionId, type }) => {
      const channel = asText(state[blockId]?.[actionId]?.[valueField(type)]);
      if (!channel) return [];
      const response_url = core.responseUrls.issue({ userId: person.id, channel, messageTs: null });
      return [{ block_id: blockId, action_id: actionId, channel_id: channel, response_url }];
    });
}

function afterSubmission(ctx: InteractionContext, view: StoredView, answer: Json): UiActionResult {
  const { core, person } = ctx;
  const { workspace } = core;
  try {
    switch (answer['response_action']) {
      case undefined:
        if (workspace.modalsOf(person.id).at(-1) === view) closeModals(core, person.id, 'top');
        return DONE;
      case 'clear':
        closeModals(core, person.id, 'all');
        return DONE;
      case 'update':
        updateView(core, view, answer['view']);
        return DONE;
      case 'push':
        pushModal(core, person.id, answer['view']);
        return DONE;
      case 'errors': {
        const errors = asJson(answer['errors']);
        const inputs = blocksOf(view).filter((block) => block['type'] === 'input');
        const unknown = Object.keys(errors).filter((id) => !inputs.some((block) => block['block_id'] === id));
        if (unknown.length > 0 || Object.keys(errors).length === 0)
          return reportFailure(ctx, `errors were given for blocks that are no inputs: ${unknown.join(', ')}`);
        view.errors = Object.fromEntries(Object.entries(errors).map(([id, text]) => [id, String(text)]));
        workspace.changed();
        return { ok: false, error: Object.values(view.errors).join('; ') };
      }
      default:
        return reportFailure(ctx, `there is no response_action ${String(answer['response_action'])}`);
    }
  } catch (error) {
    if (error instanceof SlackError) return reportFailure(ctx, refusalSentence(error));
    throw error;
  }
}

/** Reports a failure in Slack's own sentence, with the reason for the app's developer. */
function reportFailure(ctx: InteractionContext, reason = 'the app did not answer in time'): UiActionResult {
  const { person } = ctx;
  const { workspace } = ctx.core;
  const sentence = `We had some trouble connecting. Try again? (${reason})`;
  workspace.notify(person.id, null, 'error', sentence);
  return { ok: false, error: sentence };
}

/** Closes the topmost modal. */
export async function close(ctx: InteractionContext, viewId: string): Promise<UiActionResult> {
  const { core, person } = ctx;
  const view = topModal(ctx, viewId);
  const told = viewJson(core, view);
  const isCleared = view.content['clear_on_close'] === true;
  closeModals(core, person.id, isCleared ? 'all' : 'top');
  if (view.content['notify_on_close'] !== true) return DONE;
  await send(ctx, { type: 'view_closed', ...commonPayload(ctx), view: told, is_cleared: isCleared });
  return DONE;
}

function refusalSentence({ code, more }: SlackError): string {
  const messages = asJson(more['response_metadata'])['messages'];
  return [code, ...(Array.isArray(messages) ? messages : [])].join(' ');
}
