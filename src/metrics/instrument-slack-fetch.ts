import type { FetchFunction } from '@slack/web-api';
import { Counter, type Registry } from 'prom-client';
import { boundedLabel } from './labels.ts';

/** Makes calls to Slack, and counts how each ended: `ok`, Slack's word for why not, or that it never arrived. */
export function instrumentSlackFetch(registry: Registry): FetchFunction {
  const calls = new Counter({
    name: 'root_mfa_slack_calls_total',
    help: 'Calls to Slack, by method and outcome; ratelimited: Slack asked to wait.',
    labelNames: ['method', 'outcome'] as const,
    registers: [registry],
  });
  const methodLabel = boundedLabel();
  const outcomeLabel = boundedLabel();

  return async (url, init) => {
    const method = methodLabel(methodOf(new URL(url).pathname));
    const count = (outcome: string) => calls.inc({ method, outcome: outcomeLabel(outcome) });
    try {
      const response = await fetch(url, init as RequestInit);
      // The caller reads the answer itself, without waiting for this.
      response
        .clone()
        .text()
        .then(
          (text) => count(outcomeOf(response.status, text)),
          () => count('unreachable'),
        );
      return response;
    } catch (error) {
      count('unreachable');
      throw error;
    }
  };
}

/** `/api/chat.postMessage`; a file goes to an address of its own, which is a secret. */
function methodOf(path: string): string {
  const [, method] = /\/api\/([\w.]+)$/.exec(path) ?? [];
  return method ?? 'upload';
}

function outcomeOf(status: number, text: string): string {
  if (status === 429) return 'ratelimited';
  if (status !== 200) return `http_${status}`;
  try {
    const { ok, error } = JSON.parse(text) as { ok?: unknown; error?: unknown };
    return ok === true ? 'ok' : typeof error === 'string' ? error : 'no_error_named';
  } catch {
    return 'no_json';
  }
}
