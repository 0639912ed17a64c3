import { type CheckResult, fail, ok, warn } from './check.ts';

const WARN_AFTER_SECONDS = 30;
/** Both Slack's signatures and AWS's are refused when they are older. */
const FAIL_AFTER_SECONDS = 300;

const ADVICE = 'Let the machine set its clock by NTP (timedatectl set-ntp true).';

/** How far this machine's clock is from that of a server, by the Date header of its answer. */
export function checkClock(serverName: string, date: string | null | undefined, now: Date): CheckResult {
  const serverTime = Date.parse(date ?? '');
  if (Number.isNaN(serverTime)) return warn(`${serverName} did not say what time it is`, 'Nothing to do.');
  const seconds = Math.round((now.getTime() - serverTime) / 1000);
  const offsetSeconds = Math.abs(seconds);
  if (offsetSeconds < WARN_AFTER_SECONDS) return ok(`agrees with ${serverName}`);
  const message = `${offsetSeconds} seconds ${seconds > 0 ? 'ahead of' : 'behind'} ${serverName}`;
  return offsetSeconds < FAIL_AFTER_SECONDS ? warn(message, ADVICE) : fail(message, ADVICE);
}
