/** Returns a date and time in a time zone, such as `Mon 30 Nov 09:00`. */
export function formatDateTime(at: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(at);
  return parts.replaceAll(',', '');
}

/** Returns a rounded duration, such as `3 hours`. */
export function formatApproximateDuration(milliseconds: number): string {
  const hours = Math.round(milliseconds / 3_600_000);
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  return hours === 1 ? '1 hour' : `${hours} hours`;
}

/** Returns a count with its noun: `1 account`, `2 accounts`. */
export function formatCount(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}
