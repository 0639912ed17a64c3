import { validateOptions } from '../blockkit.ts';
import { actionJson, InteractionError } from '../input-values.ts';
import { dispatchesImmediately } from '../interactive-elements.ts';
import { asJson, asList, asText, type Json } from '../json.ts';
import type { UiAction, UiActionResult, UiOption } from '../ui-contract.ts';
import { commonPayload, DONE, type InteractionContext, send } from './context.ts';
import { currentTarget, elementIn, findTarget, saveInput, saveInputs } from './target.ts';

const DEFAULT_MIN_QUERY_LENGTH = 3;

/** Uses an element: a button, a menu, an input. */
export async function act(
  ctx: InteractionContext,
  action: Extract<UiAction, { kind: 'action' }>,
): Promise<UiActionResult> {
  const { core, person } = ctx;
  const { workspace } = core;
  const target = findTarget(ctx, action.surface);
  const touched = elementIn(target, action.blockId, action.actionId);
  saveInputs(ctx, target, action.values ?? {});
  const value = saveInput(ctx, target, touched, asJson(action.value));
  workspace.changed();
  if (!dispatchesImmediately(touched)) return DONE;

  const { responsePlace } = target;
  const receipt = await send(ctx, {
    type: 'block_actions',
    ...commonPayload(ctx),
    trigger_id: core.triggers.issue(person.id),
    ...currentTarget(ctx, action.surface),
    ...(responsePlace && {
      response_url: core.responseUrls.issue({ userId: person.id, ...responsePlace }),
    }),
    actions: [actionJson(touched, value, workspace.newTs())],
  });
  if (receipt.kind === 'acked') return DONE;
  const sentence = 'The app did not answer in time (dispatch_failed).';
  workspace.notify(person.id, responsePlace?.channel ?? null, 'error', sentence);
  return { ok: false, error: sentence };
}

/** Searches the options of an external select. */
export async function options(
  ctx: InteractionContext,
  search: Extract<UiAction, { kind: 'options' }>,
): Promise<UiActionResult> {
  const { core, person } = ctx;
  const target = findTarget(ctx, search.surface);
  const { element, type } = elementIn(target, search.blockId, search.actionId);
  if (type !== 'external_select' && type !== 'multi_external_select')
    throw new InteractionError('This element does not search.');
  if (search.query.length < Number(element['min_query_length'] ?? DEFAULT_MIN_QUERY_LENGTH))
    return { ok: true, options: [] };

  const receipt = await send(ctx, {
    type: 'block_suggestion',
    ...commonPayload(ctx),
    ...currentTarget(ctx, search.surface),
    action_id: search.actionId,
    block_id: search.blockId,
    value: search.query,
  });
  const problems = receipt.kind === 'acked' ? validateOptions(receipt.answer) : [];
  if (receipt.kind === 'failed' || problems.length > 0)
    return {
      ok: false,
      error: `Result options could not be loaded${problems[0] ? ` (${problems[0].message} at ${problems[0].pointer})` : ''}.`,
    };

  const groups = asList(receipt.answer['option_groups']);
  const found = [
    ...asList(receipt.answer['options']),
    ...groups.flatMap((group) => asList(group['options'])),
  ];
  core.inputState.saveOptions(person.id, target.key, search.actionId, found);
  return receipt.answer['option_groups'] === undefined
    ? { ok: true, options: found.map(asOption) }
    : {
        ok: true,
        option_groups: groups.map((group) => ({
          label: asJson(group['label']),
          options: asList(group['options']).map(asOption),
        })),
      };
}

function asOption(option: Json): UiOption {
  return {
    value: asText(option['value']),
    text: asJson(option['text']),
    ...(option['description'] !== undefined && { description: asJson(option['description']) }),
  };
}
