import type { Button, FeedbackButtons, IconButton, Overflow, WorkflowButton } from '@slack/types';
import { useCallback, useRef, useState } from 'preact/hooks';
import { Icon } from '../icons.tsx';
import { Popover } from '../popover.tsx';
import { replaceShortcodes } from './emoji.ts';
import { safeUrl } from './mrkdwn-parser.ts';
import { plainTextOf } from './text.tsx';
import { type ElementContext, useElement } from './use-element.ts';

/** A button; one with a URL opens it in a new tab and also notifies the bot. */
export function ButtonElement(context: ElementContext<Button | WorkflowButton>) {
  const { element } = context;
  const { change, isBusy, hooks } = useElement(context);
  const url = element.type === 'button' && element.url ? safeUrl(element.url) : undefined;
  const shape = `button ${element.style ? `button--${element.style}` : ''} ${isBusy ? 'button--busy' : ''}`;
  const label = plainTextOf(element.text);

  // Busy, it takes no second press, but keeps the focus: a disabled button would drop it.
  const press = () => {
    if (!isBusy) void change({ type: 'button' });
  };
  if (url) {
    return (
      <a
        class={shape}
        href={url}
        target="_blank"
        rel="noopener noreferrer"
        aria-label={element.accessibility_label}
        onClick={press}
        {...hooks}
      >
        <span class="button__label">{label}</span>
      </a>
    );
  }
  return (
    <button
      type="button"
      class={shape}
      aria-disabled={isBusy}
      aria-busy={isBusy}
      aria-label={element.accessibility_label}
      onClick={press}
      {...hooks}
    >
      <span class="button__label">{label}</span>
    </button>
  );
}

/** Three dots with a menu behind them. */
export function OverflowElement(context: ElementContext<Overflow>) {
  const { element } = context;
  const { change, isBusy, hooks } = useElement(context);
  const [isOpen, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen(false), []);

  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="button button--icon"
        aria-label="More actions"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-disabled={isBusy}
        onClick={() => setOpen(!isOpen && !isBusy)}
        {...hooks}
      >
        <Icon name="more" />
      </button>
      {isOpen && (
        <Popover anchor={anchor} onClose={close} label="More actions" role="menu">
          <MenuKeys>
            {element.options.map((option) => (
              <button
                key={option.value}
                type="button"
                class="menu__item"
                role="menuitem"
                data-value={option.value}
                onClick={() => {
                  close();
                  const url = option.url && safeUrl(option.url);
                  if (url) open(url, '_blank', 'noopener');
                  void change({
                    type: 'overflow',
                    selected_option: { ...option, value: option.value ?? '' } as never,
                  });
                }}
              >
                {plainTextOf(option.text)}
                {option.description && <small>{plainTextOf(option.description)}</small>}
              </button>
            ))}
          </MenuKeys>
        </Popover>
      )}
    </>
  );
}

/** A menu whose items the arrow keys walk through. */
export function MenuKeys({ children }: { readonly children: preact.ComponentChildren }) {
  const start = useCallback((menu: HTMLDivElement | null) => {
    // The menu is still being placed in this very moment, and hidden things take no focus.
    requestAnimationFrame(() => menu?.querySelector<HTMLElement>('[role^=menuitem]')?.focus());
  }, []);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys bubble up from the items, which are buttons
    <div
      ref={start}
      class="menu"
      role="presentation"
      onKeyDown={(event) => {
        if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
        event.preventDefault();
        const items = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^=menuitem]')];
        const at = items.indexOf(document.activeElement as HTMLElement);
        items.at((at + (event.key === 'ArrowDown' ? 1 : -1)) % items.length)?.focus();
      }}
    >
      {children}
    </div>
  );
}

/** A small button that shows only a picture. */
export function IconButtonElement(context: ElementContext<IconButton>) {
  const { element } = context;
  const { change, isBusy, hooks } = useElement(context);
  return (
    <button
      type="button"
      class="icon-button"
      title={plainTextOf(element.text)}
      aria-label={element.accessibility_label ?? plainTextOf(element.text)}
      aria-disabled={isBusy}
      onClick={() => {
        if (!isBusy) void change({ type: 'icon_button' });
      }}
      {...hooks}
    >
      {element.icon === 'trash' ? replaceShortcodes(':wastebasket:') : <Icon name="more" />}
    </button>
  );
}

/** Thumbs up and thumbs down. */
export function FeedbackElement(context: ElementContext<FeedbackButtons>) {
  const { element } = context;
  const { change, value, hooks } = useElement(context);
  const chosen = value?.type === 'feedback_buttons' ? value.value : undefined;
  return (
    <>
      {[element.positive_button, element.negative_button].map((button, index) => (
        <button
          key={button.value}
          type="button"
          class={`icon-button ${chosen === button.value ? 'icon-button--on' : ''}`}
          title={plainTextOf(button.text)}
          aria-label={button.accessibility_label ?? plainTextOf(button.text)}
          aria-pressed={chosen === button.value}
          onClick={() => void change({ type: 'feedback_buttons', value: button.value })}
          {...hooks}
        >
          {replaceShortcodes(index === 0 ? ':+1:' : ':-1:')}
        </button>
      ))}
    </>
  );
}
