/** The reader's time zone and current time. */
export interface Viewpoint {
  readonly now: Date;
  /** IANA time zone. */
  readonly tz: string;
}

/** A time in the words of Slack's `<!date^…>` format, such as `{date_short_pretty} at {time}`. */
export function slackDate(timestamp: number, format: string, viewpoint: Viewpoint): string {
  const at = new Date(timestamp * 1000);
  return format.replace(
    /\{([a-z_]+)\}/g,
    (whole, token: string) => formatToken(token, at, viewpoint) ?? whole,
  );
}

/** A wall-clock time, such as "9:41 AM". */
export function clockTime(at: Date, { tz }: Viewpoint): string {
  return formatted(at, tz, { hour: 'numeric', minute: '2-digit' });
}

/** A day as the line between two days of messages says it: Today, Yesterday, Monday, October 5th. */
export function dayName(at: Date, viewpoint: Viewpoint): string {
  const pretty = relativeDay(at, viewpoint) ?? longDate(at, viewpoint);
  return pretty.charAt(0).toUpperCase() + pretty.slice(1);
}

/** A number that is equal for two times of the same day, seen from a time zone. */
export function dayNumber(at: Date, tz: string): number {
  const [year = '1970', month = '1', day = '1'] = formatted(
    at,
    tz,
    {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    },
    'en-CA',
  ).split('-');
  return Math.round(Date.UTC(Number(year), Number(month) - 1, Number(day)) / 86_400_000);
}

/** How long ago something was, such as "3 minutes ago" or "in 2 days". */
export function formatRelativeTime(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const relative = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' });
  for (const [unit, size] of AGO_UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return 'just now';
}

const AGO_UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

const HALF_A_YEAR = 183 * 86_400_000;

function formatToken(token: string, at: Date, viewpoint: Viewpoint): string | undefined {
  const { tz, now } = viewpoint;
  switch (token) {
    case 'date_num':
      return formatted(at, tz, { year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-CA');
    case 'date':
      return mediumDate(at, viewpoint);
    case 'date_short':
      return shortDate(at, viewpoint);
    case 'date_long':
      return longDate(at, viewpoint);
    case 'date_long_full':
      return `${formatted(at, tz, { weekday: 'long' })}, ${monthAndDay(at, tz)}, ${year(at, tz)}`;
    case 'date_pretty':
      return relativeDay(at, viewpoint) ?? mediumDate(at, viewpoint);
    case 'date_short_pretty':
      return relativeDay(at, viewpoint) ?? shortDate(at, viewpoint);
    case 'date_long_pretty':
      return relativeDay(at, viewpoint) ?? longDate(at, viewpoint);
    case 'day_divider_pretty':
      return dayName(at, viewpoint);
    case 'time':
      return clockTime(at, viewpoint);
    case 'time_secs':
      return formatted(at, tz, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
    case 'ago':
      return formatRelativeTime(at, now);
    default:
      return undefined;
  }
}

function relativeDay(at: Date, { now, tz }: Viewpoint): string | undefined {
  const days = dayNumber(at, tz) - dayNumber(now, tz);
  return days === 0 ? 'today' : days === -1 ? 'yesterday' : days === 1 ? 'tomorrow' : undefined;
}

function shortDate(at: Date, viewpoint: Viewpoint): string {
  const day = formatted(at, viewpoint.tz, { month: 'short', day: 'numeric' });
  return isNear(at, viewpoint) ? day : `${day}, ${year(at, viewpoint.tz)}`;
}

function mediumDate(at: Date, viewpoint: Viewpoint): string {
  const day = monthAndDay(at, viewpoint.tz);
  return isNear(at, viewpoint) ? day : `${day}, ${year(at, viewpoint.tz)}`;
}

function longDate(at: Date, viewpoint: Viewpoint): string {
  return `${formatted(at, viewpoint.tz, { weekday: 'long' })}, ${mediumDate(at, viewpoint)}`;
}

/** Slack leaves the year out of a date that is less than half a year away. */
function isNear(at: Date, { now }: Viewpoint): boolean {
  return Math.abs(at.getTime() - now.getTime()) < HALF_A_YEAR;
}

function monthAndDay(at: Date, tz: string): string {
  return `${formatted(at, tz, { month: 'long' })} ${ordinal(Number(formatted(at, tz, { day: 'numeric' })))}`;
}

function year(at: Date, tz: string): string {
  return formatted(at, tz, { year: 'numeric' });
}

function ordinal(day: number): string {
  const isTeen = day >= 11 && day <= 13;
  return `${day}${(isTeen ? undefined : { 1: 'st', 2: 'nd', 3: 'rd' }[day % 10]) ?? 'th'}`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter is slow, and a list of messages asks for the same few again and again. */
function formatted(at: Date, tz: string, options: Intl.DateTimeFormatOptions, locale = 'en-US'): string {
  const key = `${locale} ${tz} ${JSON.stringify(options)}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(locale, { ...options, timeZone: tz });
    formatters.set(key, formatter);
  }
  // Newer engines write a narrow no-break space before AM and PM.
  return formatter.format(at).replaceAll('\u202f', ' ');
}
