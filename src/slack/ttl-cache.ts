/** Keeps what was looked up until it is too old. A lookup that failed is not kept. */
export interface TtlCache<T> {
  get(key: string): Promise<T>;
}

const MAX_ENTRIES = 1_000;

/** Creates a cache of lookups. It goes by the machine's own clock: authorization does not depend on a simulated one. */
export function createTtlCache<T>(maxAgeMs: number, load: (key: string) => Promise<T>): TtlCache<T> {
  const entries = new Map<string, { readonly at: number; readonly value: Promise<T> }>();
  return {
    get(key) {
      const cached = entries.get(key);
      if (cached && performance.now() - cached.at < maxAgeMs) return cached.value;

      const value = load(key);
      const entry = { at: performance.now(), value };
      entries.delete(key);
      entries.set(key, entry);
      value.catch(() => {
        if (entries.get(key) === entry) entries.delete(key);
      });
      const [oldest] = entries.keys();
      if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
      return value;
    },
  };
}
