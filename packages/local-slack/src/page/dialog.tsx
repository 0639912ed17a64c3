import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), [tabindex]:not([tabindex="-1"])';

/** A box in front of everything: the focus stays inside, Escape closes it, and then goes back where it was. */
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

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onClose();
    }
    if (event.key !== 'Tab') return;
    const all = [...(box.current?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])];
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? all.at(-1) : all[0])?.focus();
  };

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
        onKeyDown={onKeyDown}
      >
        {children}
      </div>
    </div>
  );
}
