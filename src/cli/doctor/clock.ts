import { type CheckResult, fail, ok, warn } from './check.ts';

const WARN_AFTER_SECONDS = 30;
/** Slack and AWS both reject signatures older than this. */
const FAIL_AFTER_SECONDS = 300;

const ADVICE = 'Synchronize the clock with NTP: timedatectl set-ntp true.';

/** Compares this machine's clock with the Date header of a server's answer. */
export function checkClock(serverName: string, date: string | null | undefined, now: Date): CheckResult {
  const serverTime = Date.parse(date ?? '');
  if (Number.isNaN(serverTime)) return warn(`${serverName} sent no date`, 'Nothing to do.');
  const seconds = Math.round((now.getTime() - serverTime) / 1000);
  const offsetSeconds = Math.abs(seconds);
  if (offsetSeconds < WARN_AFTER_SECONDS) return ok(`in sync with ${serverName}`);
  const message = `${offsetSeconds} seconds ${seconds > 0 ? 'ahead of' : 'behind'} ${serverName}`;
  return offsetSeconds < FAIL_AFTER_SECONDS ? warn(message, ADVICE) : fail(message, ADVICE);
}
