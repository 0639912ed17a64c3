/** A list that may be cut: how many there are, and those that are at hand. */
export interface CountedList<T> {
  readonly count: number;
  readonly items: readonly T[];
}

/** A list of which nothing is left out. */
export function countedList<T>(items: readonly T[]): CountedList<T> {
  return { count: items.length, items };
}

/** The first of a list; the count stays that of all. */
export function truncateList<T>({ count, items }: CountedList<T>, limit: number): CountedList<T> {
  return { count, items: items.slice(0, limit) };
}
