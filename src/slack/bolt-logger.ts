import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../usecases/shared/context.ts';

/** Log lines about each attempt of a retried request; the caller logs the final result. */
const FAILED_ATTEMPT = /^http request failed/;

/**
 * Slack's libraries, writing into our log. Their debug lines hold whole message bodies and addresses that answer for
 * us, so they are never written; and nothing is once it is over: a line that is hung up calls that an error.
 */
export function createBoltLogger(log: Log, isStopped: () => boolean = () => false): Logger {
  const joinParts = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  const noop = () => undefined;
  return {
    debug: noop,
    info: noop,
    warn: (...parts) => {
      const text = joinParts(parts);
      if (!isStopped() && !FAILED_ATTEMPT.test(text)) log.warn({ from: 'slack' }, text);
    },
    error: (...parts) => isStopped() || log.error({ from: 'slack' }, joinParts(parts)),
    setLevel: noop,
    getLevel: () => LogLevel.INFO,
    setName: noop,
  };
}
