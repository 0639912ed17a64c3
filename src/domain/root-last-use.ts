/** When root was last used, as a credential report says. Timestamps are ISO 8601; `null`: the report knows of no use. */
export interface RootLastUse {
  readonly password: string | null;
  readonly accessKey: string | null;
  /** When AWS made the report: up to four hours before it was read. */
  readonly reportedAt: string;
}

/** Returns what a report says of the last use of root. */
export function rootLastUseOf(row: Readonly<Record<string, string>>, reportedAt: Date): RootLastUse {
  const keyDates = ['access_key_1_last_used_date', 'access_key_2_last_used_date'].flatMap(
    (column) => toTimestamp(row[column]) ?? [],
  );
  return {
    password: toTimestamp(row['password_last_used']),
    accessKey: keyDates.sort().at(-1) ?? null,
    reportedAt: reportedAt.toISOString(),
  };
}

/** `no_information` and `N/A` are no timestamps. */
function toTimestamp(value: string | undefined): string | null {
  const at = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
