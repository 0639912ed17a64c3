import type { UiAction, UiActionResult, UiState } from '../ui-contract.ts';

/** Returns the workspace as a person sees it; the server fills in a missing person or conversation. */
export async function fetchState(user: string | undefined, channel: string | undefined): Promise<UiState> {
  const query = new URLSearchParams({ ...(user && { user }), ...(channel && { channel }) });
  return fetchJson<UiState>(`/_ui/state?${query}`);
}

/** How something that a person did went; a lost connection is an answer as well. */
export async function sendAction(action: UiAction): Promise<UiActionResult> {
  return post<UiActionResult>('/_ui/do', action);
}

/** Returns what the panel's provider says. */
export async function fetchPanel(): Promise<unknown> {
  return fetchJson('/_ui/panel');
}

/** Passes an action on to the panel's provider and returns how it went. */
export async function sendPanelAction(
  action: unknown,
): Promise<{ readonly ok: true } | { readonly ok: false; readonly error: string }> {
  return post<{ readonly ok: true }>('/_ui/panel', action);
}

/** Calls back on every change and on connects and disconnects. Returns a function that stops it. */
export function subscribe(onChange: () => void, onOnline: (isUp: boolean) => void): () => void {
  const events = new EventSource('/_ui/events');
  events.addEventListener('open', () => {
    onOnline(true);
    // Changes during the disconnect were missed.
    onChange();
  });
  events.addEventListener('error', () => onOnline(false));
  events.addEventListener('changed', onChange);
  return () => events.close();
}

async function post<Answer extends { readonly ok: boolean }>(
  path: string,
  body: unknown,
): Promise<Answer | { readonly ok: false; readonly error: string }> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.headers.get('content-type')?.includes('json')) {
      return response.ok
        ? ({ ok: true } as unknown as Answer)
        : { ok: false, error: await errorMessage(response) };
    }
    const answer = (await response.json()) as Partial<Answer> & { readonly error?: string };
    if (!response.ok || answer.ok === false) {
      return { ok: false, error: answer.error ?? `The server answered ${response.status}` };
    }
    return { ...answer, ok: true } as unknown as Answer;
  } catch {
    return { ok: false, error: 'The local Slack does not answer. Is it still running?' };
  }
}

async function fetchJson<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(await errorMessage(response));
  return (await response.json()) as T;
}

async function errorMessage(response: Response): Promise<string> {
  const text = (await response.text()).slice(0, 300);
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    if (typeof error === 'string') return error;
  } catch {
    // Not JSON: the text itself is all there is to say.
  }
  return text || `The server answered ${response.status}`;
}
