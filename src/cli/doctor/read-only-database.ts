import type { Database } from '../../store/database.ts';

/** Returns a database that reads but never writes: statements that would change something do nothing. Without a database every query is empty. */
export function readOnlyDatabase(db: Database | undefined): Database {
  const readOnly: Database = {
    kind: db?.kind ?? 'embedded',
    query: async <Row>(text: string, params?: readonly unknown[]) =>
      db && /^\s*(select|with)\b/i.test(text) && !/\bfor (update|share)\b/i.test(text)
        ? db.query<Row>(text, params)
        : [],
    script: async () => undefined,
    transaction: (work) => work(readOnly),
    beforeCommit: async () => undefined,
    maintain: async () => undefined,
    close: async () => undefined,
  };
  return readOnly;
}
