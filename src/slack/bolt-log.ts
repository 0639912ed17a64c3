import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../usecases/context.ts';

/**
 * Slack's libraries, writing into our log. Their debug lines hold whole message bodies and addresses that answer for
 * us, so they are never written.
 */
export function boltLog(log: Log): Logger {
  const sentence = (parts: unknown[]) =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  const quietly = () => undefined;
  return {
    debug: quietly,
    info: quietly,
    warn: (...parts) => log.warn({ from: 'slack' }, sentence(parts)),
    error: (...parts) => log.error({ from: 'slack' }, sentence(parts)),
    setLevel: quietly,
    getLevel: () => LogLevel.INFO,
    setName: quietly,
  };
}
