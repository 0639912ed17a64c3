import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useMemo, useState } from 'preact/hooks';
import type { UiActionResult, UiSurface, UiValue, UiValues } from '../ui-contract.ts';
import { useSession } from './session.tsx';

/** The place of an element, and what it can do there. */
export interface Surface {
  readonly where: UiSurface;
  readonly valueOf: (blockId: string, actionId: string) => UiValue | undefined;
  /** Keeps what was chosen or typed, without notifying the bot. */
  readonly setValue: (blockId: string, actionId: string, value: UiValue) => void;
  /** Keeps what was chosen and notifies the bot. */
  readonly act: (blockId: string, actionId: string, value: UiValue) => Promise<void>;
  readonly options: (blockId: string, actionId: string, query: string) => Promise<UiActionResult>;
  readonly isBusy: (blockId: string, actionId: string) => boolean;
  readonly errorOf: (blockId: string) => string | undefined;
}

const SurfaceContext = createContext<Surface | undefined>(undefined);

/** Returns the surface that contains this element. */
export function useSurface(): Surface {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error('An element stands outside of a surface');
  return surface;
}

/** Everything inside belongs to one message, modal or home tab. */
export function SurfaceProvider({
  where,
  values = NO_VALUES,
  errors = NO_ERRORS,
  children,
}: {
  readonly where: UiSurface;
  readonly values?: UiValues;
  readonly errors?: { readonly [blockId: string]: string };
  readonly children: ComponentChildren;
}) {
  const { act, drafts } = useSession();
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const key = surfaceKey(where);
  const typed = drafts.get(key);
  const { set } = drafts;

  const dispatch = useCallback(
    async (blockId: string, actionId: string, value: UiValue) => {
      const id = `${blockId}/${actionId}`;
      if (!isMomentary(value)) set(key, blockId, actionId, value);
      setBusy((before) => new Set(before).add(id));
      try {
        await act({ kind: 'action', surface: where, blockId, actionId, value, values: typed });
      } finally {
        setBusy((before) => new Set([...before].filter((other) => other !== id)));
      }
    },
    [act, set, key, where, typed],
  );

  const surface = useMemo(
    (): Surface => ({
      where,
      valueOf: (blockId, actionId) => typed[blockId]?.[actionId] ?? values[blockId]?.[actionId],
      setValue: (blockId, actionId, value) => set(key, blockId, actionId, value),
      act: dispatch,
      options: (blockId, actionId, query) =>
        act({ kind: 'options', surface: where, blockId, actionId, query }),
      isBusy: (blockId, actionId) => busy.has(`${blockId}/${actionId}`),
      errorOf: (blockId) => errors[blockId],
    }),
    [where, typed, values, errors, busy, key, set, dispatch, act],
  );
  return <SurfaceContext.Provider value={surface}>{children}</SurfaceContext.Provider>;
}

/** A name for a surface that stays the same for as long as it is there. */
export function surfaceKey(where: UiSurface): string {
  return where.kind === 'message'
    ? `${where.channel}/${where.ts}`
    : where.kind === 'view'
      ? where.viewId
      : 'home';
}

/** The values of a surface with what was typed since laid over them. */
export function mergeValues(values: UiValues, typed: UiValues): UiValues {
  const blockIds = new Set([...Object.keys(values), ...Object.keys(typed)]);
  return Object.fromEntries([...blockIds].map((id) => [id, { ...values[id], ...typed[id] }]));
}

function isMomentary({ type }: UiValue): boolean {
  return type === 'button' || type === 'icon_button' || type === 'overflow';
}

const NO_VALUES: UiValues = {};
const NO_ERRORS = {};
