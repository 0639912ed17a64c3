import type { MultiSelect, Select } from '@slack/types';
import type { RefObject } from 'preact';
import { useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { UiActionResult } from '../../ui-contract.ts';
import { Avatar } from '../avatar.tsx';
import { Icon } from '../icons.tsx';
import { Popover } from '../popover.tsx';
import { useSession } from '../session.tsx';
import {
  filterGroups,
  optionGroupsOf,
  type SelectGroup,
  type SelectItem,
  selectedItems,
  toItem,
  valueFor,
} from './select-options.ts';
import { plainTextOf } from './text.tsx';
import { type ElementContext, useElement } from './use-element.ts';

const DEBOUNCE_MS = 150;
const DEFAULT_QUERY_LENGTH = 3;

/** A menu to choose one thing from: fixed options, what the bot finds, people, channels. */
export function SelectElement({ label, ...context }: ElementContext<Select> & { readonly label: string }) {
  const { element } = context;
  const { state } = useSession();
  const { value, change, isBusy, hooks } = useElement(context);
  const [isOpen, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setOpen(false), []);
  const [chosen] = selectedItems(element, value, state);

  return (
    <>
      <button
        ref={anchor}
        type="button"
        class={`select ${isOpen ? 'select--open' : ''}`}
        role="combobox"
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-label={label}
        aria-disabled={isBusy}
        onClick={() => setOpen(!isOpen && !isBusy)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen(true);
        }}
        {...hooks}
      >
        {chosen?.person && <Avatar id={chosen.person} size={20} />}
        <span class={chosen ? 'select__chosen' : 'select__empty'}>
          {chosen?.label ?? (plainTextOf(element.placeholder) || 'Select an item')}
        </span>
        <Icon name="down" size={14} />
      </button>
      {isOpen && (
        <SelectMenu
          anchor={anchor}
          context={context}
          chosen={chosen ? [chosen] : []}
          onClose={close}
          onPick={(item) => {
            close();
            anchor.current?.focus();
            void change(valueFor(element, [item]));
          }}
        />
      )}
    </>
  );
}

/** A menu to choose several things from; each becomes a pill that a press on its cross takes away. */
export function MultiSelectElement({
  label,
  ...context
}: ElementContext<MultiSelect> & { readonly label: string }) {
  const { element } = context;
  const { state } = useSession();
  const { value, change, isBusy, hooks } = useElement(context);
  const [isOpen, setOpen] = useState(false);
  const anchor = useRef<HTMLDivElement>(null);
  const close = useCallback(() => setOpen(false), []);
  const chosen = selectedItems(element, value, state);
  const isFull = chosen.length >= (element.max_selected_items ?? Number.POSITIVE_INFINITY);

  const without = (item: SelectItem) => chosen.filter((other) => other.value !== item.value);
  const setItems = (items: readonly SelectItem[]) => void change(valueFor(element, items));
  return (
    <>
      <div ref={anchor} class={`select select--multi ${isOpen ? 'select--open' : ''}`} aria-busy={isBusy}>
        {chosen.map((item) => (
          <span key={item.value} class="pill">
            {item.label}
            <button type="button" aria-label={`Remove ${item.label}`} onClick={() => setItems(without(item))}>
              <Icon name="close" size={12} />
            </button>
          </span>
        ))}
        <button
          type="button"
          class="select__more"
          role="combobox"
          aria-haspopup="listbox"
          aria-expanded={isOpen}
          aria-label={label}
          onClick={() => setOpen(!isOpen)}
          {...hooks}
        >
          <span class="select__empty">
            {chosen.length === 0
              ? plainTextOf(element.placeholder) || 'Select options'
              : isFull
                ? ''
                : 'Add…'}
          </span>
          <Icon name="down" size={14} />
        </button>
      </div>
      {isOpen && (
        <SelectMenu
          anchor={anchor}
          context={context}
          chosen={chosen}
          onClose={close}
          onPick={(item) => {
            const isChosen = chosen.some((other) => other.value === item.value);
            if (isChosen) setItems(without(item));
            else if (!isFull) setItems([...chosen, item]);
          }}
        />
      )}
    </>
  );
}

function SelectMenu({
  anchor,
  context,
  chosen,
  onPick,
  onClose,
}: {
  readonly anchor: RefObject<HTMLElement | null>;
  readonly context: ElementContext<Select | MultiSelect>;
  readonly chosen: readonly SelectItem[];
  readonly onPick: (item: SelectItem) => void;
  readonly onClose: () => void;
}) {
  const [query, setQuery] = useState('');
  const { groups, note } = useOptions(context, query);
  const items = groups.flatMap((group) => group.items);
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useActiveOption({ list, items, chosen, query });
  const listId = useId();
  const search = useRef<HTMLInputElement>(null);

  useEffect(() => {
    requestAnimationFrame(() => search.current?.focus());
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive(Math.min(items.length - 1, active + 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(0, active - 1));
    else if (event.key === 'Tab') {
      // On to what comes after the menu's own place, not after the end of the page.
      anchor.current?.querySelector<HTMLElement>('[role=combobox]')?.focus();
      anchor.current?.focus();
      onClose();
      return;
    } else if (event.key === 'Enter') {
      const item = items[active];
      if (item) onPick(item);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Popover
      anchor={anchor}
      onClose={onClose}
      width={Math.max(300, anchor.current?.offsetWidth ?? 0)}
      label="Options"
    >
      <div class="select-menu" data-testid="select-menu">
        <div class="select-menu__search">
          <Icon name="search" size={16} />
          <input
            ref={search}
            value={query}
            placeholder="Search"
            role="combobox"
            aria-expanded="true"
            aria-controls={listId}
            aria-activedescendant={items[active] && `${listId}-${active}`}
            aria-label="Search the options"
            data-testid="select-search"
            onInput={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
        </div>
        <div ref={list} id={listId} class="select-menu__list" role="listbox">
          {note && <p class="select-menu__note">{note}</p>}
          {groups.map((group, which) => (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset is no part of a list of options
            <div key={which} role="group" aria-label={group.label}>
              {group.label && <p class="select-menu__group">{group.label}</p>}
              {group.items.map((item) => {
                const at = items.indexOf(item);
                return (
                  <Option
                    key={item.value}
                    id={`${listId}-${at}`}
                    item={item}
                    isActive={at === active}
                    isChosen={chosen.some(({ value }) => value === item.value)}
                    onActivate={() => setActive(at)}
                    onPick={() => onPick(item)}
                  />
                );
              })}
            </div>
          ))}
        </div>
      </div>
    </Popover>
  );
}

/** Keeps which option the keys act on: at first the chosen one, and the top one after something is typed. */
function useActiveOption({
  list,
  items,
  chosen,
  query,
}: {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly items: readonly SelectItem[];
  readonly chosen: readonly SelectItem[];
  readonly query: string;
}) {
  const [active, setActive] = useState(0);
  useLayoutEffect(() => {
    const chosenAt = query === '' ? items.findIndex(({ value }) => value === chosen[0]?.value) : 0;
    setActive(Math.max(0, chosenAt));
  }, [query, items.length]);
  useEffect(
    () => list.current?.querySelector('[data-active]')?.scrollIntoView({ block: 'nearest' }),
    [active],
  );
  return [active, setActive] as const;
}

function Option({
  id,
  item,
  isActive,
  isChosen,
  onActivate,
  onPick,
}: {
  readonly id: string;
  readonly item: SelectItem;
  readonly isActive: boolean;
  readonly isChosen: boolean;
  readonly onActivate: () => void;
  readonly onPick: () => void;
}) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search field handles the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the search field keeps the focus and names the active option
    <div
      id={id}
      class={`select-menu__item ${isActive ? 'select-menu__item--active' : ''}`}
      role="option"
      aria-selected={isChosen}
      data-value={item.value}
      {...(isActive && { 'data-active': true })}
      onPointerMove={onActivate}
      onClick={onPick}
    >
      {item.person && <Avatar id={item.person} size={20} />}
      <span class="select-menu__label">
        {item.label}
        {item.detail && <small>{item.detail}</small>}
      </span>
      {isChosen && <Icon name="check" size={16} />}
    </div>
  );
}

/** Returns the options for what was typed: filtered here, or found by the bot. */
function useOptions({ element, blockId }: ElementContext<Select | MultiSelect>, query: string) {
  const { state } = useSession();
  const { surface, actionId } = useElement({ element, blockId, dispatches: true });
  const [found, setFound] = useState<readonly SelectGroup[]>();
  const ask = useRef(surface.options);
  ask.current = surface.options;

  const isExternal = element.type === 'external_select' || element.type === 'multi_external_select';
  const minQueryLength = isExternal ? (element.min_query_length ?? DEFAULT_QUERY_LENGTH) : 0;
  const typed = query.trim();
  const isTooShort = isExternal && typed.length < minQueryLength;

  useEffect(() => {
    if (!isExternal || isTooShort) return;
    let isOver = false;
    setFound(undefined);
    const timer = setTimeout(() => {
      void ask.current(blockId, actionId, typed).then((answer) => {
        if (!isOver) setFound(groupsOf(answer));
      });
    }, DEBOUNCE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [isExternal, isTooShort, typed, blockId, actionId]);

  if (isTooShort) {
    const more = minQueryLength - typed.length;
    return { groups: [], note: `Type ${more} more ${more === 1 ? 'character' : 'characters'} to search` };
  }
  const groups = isExternal ? (found ?? []) : filterGroups(optionGroupsOf(element, state), query);
  const isLoading = isExternal && !found;
  return { groups, note: isLoading ? 'Loading…' : groups.length === 0 ? 'No results' : undefined };
}

function groupsOf(answer: UiActionResult): readonly SelectGroup[] {
  if (!answer.ok) return [];
  if (answer.option_groups) {
    return answer.option_groups.map(({ label, options }) => ({
      label: typeof label['text'] === 'string' ? label['text'] : undefined,
      items: options.map(toItem),
    }));
  }
  return (answer.options ?? []).length > 0
    ? [{ label: undefined, items: (answer.options ?? []).map(toItem) }]
    : [];
}
