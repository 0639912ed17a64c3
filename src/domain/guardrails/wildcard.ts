/**
 * Returns whether a text matches a pattern in which `*` is any text and `?` any one character.
 *
 * Linear in practice and quadratic at worst: patterns come from policies, and a regular expression built from one
 * could be kept busy for hours.
 */
export function matchesWildcard(text: string, pattern: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let retryAt = 0;

  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++;
      retryAt = at;
    } else if (pattern[inPattern] === '?' || pattern[inPattern] === text[at]) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}
