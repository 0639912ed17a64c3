import type { ConfirmationDialog } from '@slack/types';
import { useCallback } from 'preact/hooks';
import type { UiValue } from '../../ui-contract.ts';
import { useConfirm } from '../confirm.tsx';
import { useSurface } from '../surface.tsx';

/** An element, its place, and whether using it notifies the bot immediately. */
export interface ElementContext<Element> {
  readonly element: Element;
  readonly blockId: string;
  readonly dispatches: boolean;
}

/** An element's value, and how to change it: asking first where the bot wants that, telling it where it listens. */
export function useElement({
  element,
  blockId,
  dispatches,
}: ElementContext<{ readonly action_id?: string; readonly confirm?: ConfirmationDialog }>) {
  const surface = useSurface();
  const ask = useConfirm();
  const actionId = element.action_id ?? '';
  const { act, setValue } = surface;

  const change = useCallback(
    async (value: UiValue) => {
      if (!(await ask(element.confirm))) return;
      if (dispatches) await act(blockId, actionId, value);
      else setValue(blockId, actionId, value);
    },
    [ask, act, setValue, blockId, actionId, dispatches, element.confirm],
  );
  return {
    surface,
    actionId,
    value: surface.valueOf(blockId, actionId),
    isBusy: surface.isBusy(blockId, actionId),
    change,
    hooks: { 'data-action-id': actionId, 'data-block-id': blockId },
  };
}
