/** A list that may be cut: how many there are, and those that are at hand. */
export interface Listed<T> {
  readonly count: number;
  readonly items: readonly T[];
}

/** A list of which nothing is left out. */
export function listed<T>(items: readonly T[]): Listed<T> {
  return { count: items.length, items };
}

/** The first of a list; the count stays that of all. */
export function cut<T>({ count, items }: Listed<T>, most: number): Listed<T> {
  return { count, items: items.slice(0, most) };
}
