/**
 * The value as text for a `jsonb` parameter. PostgreSQL's jsonb knows neither NUL nor half a surrogate pair, and names
 * are untrusted text: both become the replacement character.
 */
export function json(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.replaceAll(/\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g, (written) =>
    written === '\\\\' ? written : '\u{fffd}',
  );
}
