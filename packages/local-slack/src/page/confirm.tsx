import type { ConfirmationDialog } from '@slack/types';
import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useState } from 'preact/hooks';
import { Dialog } from './dialog.tsx';
import { plainTextOf, Text } from './kit/text.tsx';

type AskConfirmation = (confirm: ConfirmationDialog | undefined) => Promise<boolean>;

const ConfirmContext = createContext<AskConfirmation>(async () => true);

/** Asks the person before something is done, where the bot wanted that; true at once where it did not. */
export function useConfirm(): AskConfirmation {
  return useContext(ConfirmContext);
}

/** Everything inside may ask "Are you sure?". */
export function ConfirmProvider({ children }: { readonly children: ComponentChildren }) {
  const [pending, setAsked] = useState<{ confirm: ConfirmationDialog; answer: (yes: boolean) => void }>();

  const ask = useCallback<AskConfirmation>(
    (confirm) =>
      confirm ? new Promise((resolve) => setAsked({ confirm, answer: resolve })) : Promise.resolve(true),
    [],
  );
  const answer = (yes: boolean) => {
    pending?.answer(yes);
    setAsked(undefined);
  };

  return (
    <ConfirmContext.Provider value={ask}>
      {children}
      {pending && (
        <Dialog label="Please confirm" size="small" onClose={() => answer(false)} testId="confirm">
          <header class="dialog__bar">
            <h2>{plainTextOf(pending.confirm.title) || 'Are you sure?'}</h2>
          </header>
          <div class="dialog__body">
            <Text text={pending.confirm.text} />
          </div>
          <footer class="dialog__foot">
            <button type="button" class="button" onClick={() => answer(false)} data-testid="confirm-deny">
              {plainTextOf(pending.confirm.deny) || 'Cancel'}
            </button>
            <button
              type="button"
              class={`button ${pending.confirm.style === 'danger' ? 'button--danger-full' : 'button--primary'}`}
              onClick={() => answer(true)}
              data-testid="confirm-yes"
              data-focus
            >
              {plainTextOf(pending.confirm.confirm) || 'Yes'}
            </button>
          </footer>
        </Dialog>
      )}
    </ConfirmContext.Provider>
  );
}
