import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { UiAction, UiActionResult, UiState, UiValue, UiValues } from '../ui-contract.ts';
import { fetchState, sendAction, subscribe } from './client.ts';
import { formatRoute, type PageRoute, parseRoute } from './route.ts';

/** An action without its person, which the session adds. */
export type PageAction = UiAction extends infer Action
  ? Action extends UiAction
    ? Omit<Action, 'user'>
    : never
  : never;

export interface Toast {
  readonly id: number;
  readonly text: string;
}

/** What the page knows and can do, as the person that one is. */
export interface PageSession {
  readonly state: UiState;
  readonly route: PageRoute;
  readonly isOnline: boolean;
  readonly toasts: readonly Toast[];
  readonly go: (change: Partial<PageRoute>) => void;
  readonly act: (deed: PageAction) => Promise<UiActionResult>;
  readonly warn: (text: string) => void;
  readonly dismiss: (id: number) => void;
  readonly drafts: Drafts;
  /** Grows with each change in the workspace. */
  readonly version: number;
}

/** What was chosen or typed and not sent yet, by surface. It outlives every redrawing of the surface. */
export interface Drafts {
  readonly get: (surface: string) => UiValues;
  readonly set: (surface: string, blockId: string, actionId: string, value: UiValue) => void;
  readonly clearDraft: (surface: string) => void;
}

const SessionContext = createContext<PageSession | undefined>(undefined);

/** The session that this part of the page belongs to. */
export function useSession(): PageSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error('A part of the page stands outside of a session');
  return session;
}

/** Everything inside knows who one is and what there is to see; until that is known, `waiting` is shown. */
export function SessionProvider({
  children,
  waiting,
}: {
  readonly children: ComponentChildren;
  readonly waiting: (problem: string | undefined) => ComponentChildren;
}) {
  const [route, setRoute] = useState<PageRoute>(() => parseRoute(location.hash, location.search));
  const { state, latest, problem, refresh, version, isOnline } = useWorkspace(route);
  const { toasts, warn, dismiss } = useToasts();
  const drafts = useDrafts();

  useEffect(() => {
    const follow = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);

  // The server chose for an address that says nothing: from then on the address says it.
  const chosenUser = state?.me.id;
  const chosenChannel = state?.channel ?? undefined;
  useEffect(() => {
    if (!chosenUser || (route.user && route.channel)) return;
    if (route.user && route.user !== chosenUser) return;
    history.replaceState(
      null,
      '',
      formatRoute({ ...route, user: chosenUser, channel: route.channel ?? chosenChannel }),
    );
    setRoute(parseRoute(location.hash));
  }, [chosenUser, chosenChannel, route]);

  const go = useCallback((change: Partial<PageRoute>) => {
    location.hash = formatRoute({
      ...parseRoute(location.hash),
      tab: 'messages',
      thread: undefined,
      ...change,
    });
  }, []);

  const userId = route.user ?? chosenUser ?? '';
  const act = useCallback(
    async (action: PageAction) => {
      const answer = await sendAction({ ...action, user: userId } as UiAction);
      if (action.kind !== 'options') await refresh();
      if (!answer.ok && !(latest.current && isErrorShown(latest.current, action, answer.error)))
        warn(answer.error);
      return answer;
    },
    [userId, warn, refresh, latest],
  );

  const session = useMemo(
    () => state && { state, route, isOnline, toasts, go, act, warn, dismiss, drafts, version },
    [state, route, isOnline, toasts, go, act, warn, dismiss, drafts, version],
  );
  if (!session) return <>{waiting(problem)}</>;
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}

/** Whether the person can read already what went wrong: under the command, or beside the input of the form. */
function isErrorShown({ notices, modals }: UiState, action: PageAction, error: string): boolean {
  if (action.kind === 'command')
    return notices.some(({ text, channel }) => text === error && channel === action.channel);
  if (action.kind !== 'submit') return false;
  const form = modals.find(({ viewId }) => viewId === action.viewId);
  return form !== undefined && Object.values(form.errors).join('; ') === error;
}

function useWorkspace({ user, channel }: PageRoute) {
  const [state, setState] = useState<UiState>();
  const [problem, setProblem] = useState<string>();
  const [isOnline, setOnline] = useState(true);
  const [version, setVersion] = useState(0);
  const latest = useRef<UiState>(undefined);
  const wanted = useRef({ user, channel });
  const running = useRef<Promise<void>>(undefined);
  const isStale = useRef(false);
  wanted.current = { user, channel };

  // One request at a time; changes that come meanwhile are fetched together by the next one.
  const refresh = useCallback((): Promise<void> => {
    isStale.current = true;
    running.current ??= (async () => {
      try {
        while (isStale.current) {
          isStale.current = false;
          const asked = wanted.current;
          const fetched = await fetchState(asked.user, asked.channel);
          const isOutdated = asked.user !== wanted.current.user || asked.channel !== wanted.current.channel;
          if (isOutdated) {
            isStale.current = true;
          } else {
            latest.current = fetched;
            setState(fetched);
            setProblem(undefined);
            setVersion((before) => before + 1);
          }
        }
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      } finally {
        running.current = undefined;
      }
    })();
    return running.current;
  }, []);

  // Reload for another person or another place.
  useEffect(() => {
    void refresh();
  }, [user, channel, refresh]);
  useEffect(() => subscribe(() => void refresh(), setOnline), [refresh]);

  return { state, latest, problem, refresh, version, isOnline };
}

function useToasts() {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const lastId = useRef(0);

  const dismiss = useCallback(
    (id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)),
    [],
  );
  const warn = useCallback(
    (text: string) => {
      lastId.current += 1;
      const id = lastId.current;
      setToasts((shown) => [...shown.filter((toast) => toast.text !== text), { id, text }].slice(-4));
      setTimeout(() => dismiss(id), 8000);
    },
    [dismiss],
  );
  return { toasts, warn, dismiss };
}

function useDrafts(): Drafts {
  const [all, setAll] = useState<{ readonly [surface: string]: UiValues }>({});

  const set = useCallback((surface: string, blockId: string, actionId: string, value: UiValue) => {
    setAll((before) => ({
      ...before,
      [surface]: {
        ...before[surface],
        [blockId]: { ...before[surface]?.[blockId], [actionId]: value },
      },
    }));
  }, []);
  const clearDraft = useCallback((surface: string) => {
    setAll(({ [surface]: _, ...others }) => others);
  }, []);
  return useMemo(
    () => ({ get: (surface) => all[surface] ?? NO_VALUES, set, clearDraft }),
    [all, set, clearDraft],
  );
}

const NO_VALUES: UiValues = {};
