import type { ComponentChildren, RefObject } from 'preact';
import { createPortal } from 'preact/compat';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Something that hangs from an anchor and goes away on Escape or a press elsewhere. */
export function Popover({
  anchor,
  onClose,
  children,
  width,
  label,
  role = 'dialog',
}: {
  readonly anchor: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly width?: number;
  readonly label: string;
  readonly role?: 'dialog' | 'menu' | 'listbox';
}) {
  const box = useRef<HTMLDivElement>(null);
  const [position, setPosition] = useState<{ left: number; top: number }>();

  useLayoutEffect(() => {
    const place = () => {
      const from = anchor.current?.getBoundingClientRect();
      const own = box.current?.getBoundingClientRect();
      if (!from || !own) return;
      const left = Math.max(8, Math.min(from.left, innerWidth - own.width - 8));
      const fitsBelow = from.bottom + 4 + own.height < innerHeight - 8;
      const above = from.top - own.height - 4;
      const top =
        fitsBelow || above < 8 ? Math.min(from.bottom + 4, Math.max(8, innerHeight - own.height - 8)) : above;
      setPosition((before) => (before?.left === left && before.top === top ? before : { left, top }));
    };
    place();
    const watcher = new ResizeObserver(place);
    if (box.current) watcher.observe(box.current);
    addEventListener('resize', place);
    addEventListener('scroll', place, true);
    return () => {
      watcher.disconnect();
      removeEventListener('resize', place);
      removeEventListener('scroll', place, true);
    };
  }, [anchor]);

  // Gone together with the box: a listener that outlives it for a moment would swallow the next Escape.
  useLayoutEffect(() => {
    const elsewhere = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !anchor.current?.contains(target)) onClose();
    };
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      // Only the topmost thing closes: a menu inside a modal leaves the modal open.
      event.stopPropagation();
      onClose();
      anchor.current?.focus();
    };
    addEventListener('pointerdown', elsewhere, true);
    addEventListener('keydown', leave, true);
    return () => {
      removeEventListener('pointerdown', elsewhere, true);
      removeEventListener('keydown', leave, true);
    };
  }, [anchor, onClose]);

  return createPortal(
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: each of the roles that it may have takes a label
    <div
      ref={box}
      class="popover"
      role={role}
      aria-label={label}
      style={{
        ...(width && { width: Math.min(width, innerWidth - 16) }),
        left: position?.left ?? 0,
        top: position?.top ?? 0,
        visibility: position ? 'visible' : 'hidden',
      }}
    >
      {children}
    </div>,
    document.body,
  );
}
