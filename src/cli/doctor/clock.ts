import { broken, doubtful, type Finding, ok } from './check.ts';

const FINE_SECONDS = 30;
/** Both Slack's signatures and AWS's are refused when they are older. */
const REFUSED_SECONDS = 300;

const ADVICE = 'Let the machine set its clock by NTP (timedatectl set-ntp true).';

/** How far this machine's clock is from that of a server, by the Date header of its answer. */
export function clockFinding(whose: string, date: string | null | undefined, now: Date): Finding {
  const theirs = Date.parse(date ?? '');
  if (Number.isNaN(theirs)) return doubtful(`${whose} did not say what time it is`, 'Nothing to do.');
  const seconds = Math.round((now.getTime() - theirs) / 1000);
  const off = Math.abs(seconds);
  if (off < FINE_SECONDS) return ok(`agrees with ${whose}`);
  const says = `${off} seconds ${seconds > 0 ? 'ahead of' : 'behind'} ${whose}`;
  return off < REFUSED_SECONDS ? doubtful(says, ADVICE) : broken(says, ADVICE);
}
