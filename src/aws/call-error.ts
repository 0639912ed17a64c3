import type { CallError } from '../domain/evidence.ts';

/** What a failed call tells: its name, the service's code, one line of its message. */
export function callError(call: string, error: unknown): CallError {
  return { call, code: codeOf(error), message: messageOf(error) };
}

/** The service's error code, or the network's: `AccessDenied`, `Timeout`, `ECONNREFUSED`. */
export function codeOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  if (name === 'TimeoutError') return 'Timeout';
  if (name === 'AbortError') return 'Cancelled';
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return code;
  return typeof name === 'string' && name !== 'Error' ? name : 'Error';
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // Some SDK errors carry a page of HTML or a hint for developers; people need the first line.
  return message.split('\n', 1).join('').slice(0, 300);
}
