import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../usecases/shared/context.ts';

/**
 * Slack's libraries, writing into our log. Their debug lines hold whole message bodies and addresses that answer for
 * us, so they are never written; and nothing is once it is over: a line that is hung up calls that an error.
 */
export function boltLog(log: Log, isOver: () => boolean = () => false): Logger {
  const sentence = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  const quietly = () => undefined;
  return {
    debug: quietly,
    info: quietly,
    warn: (...parts) => isOver() || log.warn({ from: 'slack' }, sentence(parts)),
    error: (...parts) => isOver() || log.error({ from: 'slack' }, sentence(parts)),
    setLevel: quietly,
    getLevel: () => LogLevel.INFO,
    setName: quietly,
  };
}
