import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { UiModal, UiSurface, UiValues } from '../ui-contract.ts';
import { Avatar } from './avatar.tsx';
import { Dialog } from './dialog.tsx';
import { Icon } from './icons.tsx';
import { validateInputs } from './input-validation.ts';
import { Blocks } from './kit/blocks.tsx';
import { useSession } from './session.tsx';
import { mergeValues, SurfaceProvider } from './surface.tsx';

/** The modal on top of the person's stack; the ones below are kept and return when it closes. */
export function Modals() {
  const { state, drafts } = useSession();
  const { modals } = state;
  const { clearDraft } = drafts;

  // A modal that is gone takes along what was typed into it.
  const open = modals.map(({ viewId }) => viewId).join(' ');
  const before = useRef('');
  useEffect(() => {
    const still = new Set(open.split(' '));
    for (const viewId of before.current.split(' ')) if (!still.has(viewId)) clearDraft(viewId);
    before.current = open;
  }, [open, clearDraft]);

  const top = modals.at(-1);
  return top ? <Modal key={top.viewId} modal={top} depth={modals.length} /> : null;
}

function Modal({ modal, depth }: { readonly modal: UiModal; readonly depth: number }) {
  const { state, act, drafts } = useSession();
  const { viewId } = modal;
  const [isSubmitting, setSubmitting] = useState(false);
  const [validationErrors, setMissing] = useState<{ readonly [blockId: string]: string }>({});
  const typed = drafts.get(viewId);
  const where = useMemo((): UiSurface => ({ kind: 'view', viewId }), [viewId]);
  const close = useCallback(() => void act({ kind: 'close', viewId }), [act, viewId]);

  // Keep an input's error until the input changes.
  const erroredInputs = useRef<UiValues>({});
  const isUntouched = ([blockId]: [string, string]) =>
    JSON.stringify(erroredInputs.current[blockId]) === JSON.stringify(typed[blockId]);
  const errors = Object.fromEntries(
    Object.entries({ ...modal.errors, ...validationErrors }).filter(isUntouched),
  );

  const submit = async () => {
    if (isSubmitting) return;
    const values = mergeValues(modal.values, typed);
    const found = validateInputs(modal.blocks, values);
    erroredInputs.current = typed;
    setMissing(found);
    if (Object.keys(found).length > 0) return;

    setSubmitting(true);
    await act({ kind: 'submit', viewId, values });
    setSubmitting(false);
  };

  return (
    <Dialog label={modal.title} onClose={close} testId="modal">
      <form
        class="modal"
        data-view-id={viewId}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={(event) => {
          // As in Slack: Enter in a one-line field submits nothing by accident, Ctrl+Enter does on purpose.
          if (event.key !== 'Enter' || !(event.target instanceof HTMLElement)) return;
          const isField = event.target.matches('input, textarea');
          if (isField && (event.metaKey || event.ctrlKey)) void submit();
          if (event.target.matches('input')) event.preventDefault();
        }}
      >
        <header class="dialog__bar">
          {depth > 1 ? (
            <button type="button" class="icon-button" aria-label="Back" onClick={close}>
              <Icon name="back" />
            </button>
          ) : (
            <Avatar id={state.bot.userId} size={28} />
          )}
          <h2>{modal.title}</h2>
          <button type="button" class="icon-button" aria-label="Close" data-testid="modal-x" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        <div class="dialog__body">
          <SurfaceProvider where={where} values={modal.values} errors={errors}>
            <Blocks blocks={modal.blocks} />
          </SurfaceProvider>
        </div>
        <footer class="dialog__foot">
          <span class="quiet dialog__app">{state.bot.appName}</span>
          <button type="button" class="button" data-testid="modal-close" onClick={close}>
            {modal.close}
          </button>
          {modal.submit !== null && (
            <button
              type="submit"
              class={`button button--primary ${isSubmitting ? 'button--busy' : ''}`}
              disabled={isSubmitting}
              aria-busy={isSubmitting}
              data-testid="modal-submit"
            >
              {modal.submit}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}
