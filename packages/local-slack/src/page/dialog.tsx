import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

/** A dialog in front of everything. The focus stays inside and returns to where it was; Escape closes it. */
export function Dialog({
  label,
  size = 'medium',
  onClose,
  testId,
  children,
}: {
  readonly label: string;
  readonly size?: 'small' | 'medium';
  readonly onClose: () => void;
  readonly testId: string;
  readonly children: ComponentChildren;
}) {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const before = document.activeElement;
    const own = box.current;
    const first =
      own?.querySelector<HTMLElement>('[data-focus]') ??
      own?.querySelector<HTMLElement>('.dialog__body input, .dialog__body textarea, .dialog__body button') ??
      own;
    first?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  useEffect(() => {
    const own = box.current;
    if (!own) return;
    const isOnTop = () => [...document.querySelectorAll('.dialog')].at(-1) === own;
    // On the document, because what had the focus may be gone after the app updated the view.
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isOnTop()) return;
      if (event.key === 'Escape') {
        event.stopPropagation();
        onClose();
      }
      if (event.key === 'Tab') keepFocusInside(own, event);
    };
    const watcher = new MutationObserver(() => {
      if (isOnTop() && document.activeElement === document.body) own.focus();
    });
    watcher.observe(own, { childList: true, subtree: true });
    document.addEventListener('keydown', onKeyDown);
    return () => {
      watcher.disconnect();
      document.removeEventListener('keydown', onKeyDown);
    };
  }, [onClose]);

  return (
    <div class="dialog-shade">
      <div
        ref={box}
        class={`dialog dialog--${size}`}
        role="dialog"
        aria-modal="true"
        aria-label={label}
        tabIndex={-1}
        data-testid={testId}
      >
        {children}
      </div>
    </div>
  );
}

/** Moves the focus from the last element to the first, and back; and inside if it is nowhere. */
function keepFocusInside(box: HTMLElement, event: KeyboardEvent): void {
  const all = [...box.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const edge = event.shiftKey ? all[0] : all.at(-1);
  const { activeElement } = document;
  if (activeElement !== edge && activeElement !== document.body) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}
