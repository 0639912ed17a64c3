import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Returns the width of an element in pixels; `otherwise` until it is known. */
export function useWidth(element: RefObject<HTMLElement | null>, fallbackWidth: number): number {
  const [width, setWidth] = useState(fallbackWidth);
  useLayoutEffect(() => {
    const measured = element.current;
    if (!measured) return;
    const measure = () => setWidth(Math.round(measured.clientWidth) || fallbackWidth);
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(measured);
    return () => watcher.disconnect();
  }, [element, fallbackWidth]);
  return width;
}
