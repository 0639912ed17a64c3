import type { Database } from '../../store/database.ts';

/** The database, asked and never told: what would change something does nothing. Without one, nothing is known. */
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
