import type { Database } from './transactions.ts';

/** Returns the secret that makes pseudonyms stable in this database. */
export async function readRedactionSalt(db: Database): Promise<string> {
  const [row] = await db.query<{ salt: string }>('select salt from redaction_salt');
  if (!row) throw new Error('Cannot redact: the database has no salt for pseudonyms');
  return row.salt;
}
