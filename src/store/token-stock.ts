import type { TokenKind } from '../domain/token-request.ts';
import type { Database } from './transactions.ts';

/** A kind of key at a place, with the count in the configuration. */
export interface StockEntry {
  readonly place: string;
  readonly kind: TokenKind;
  readonly counted: number;
}

/** Returns how many keys are left. A new count in the configuration counts from then on. */
export async function readStock(db: Database, { place, kind, counted }: StockEntry): Promise<number> {
  const [row] = await db.query<{ remaining: number }>(
    'select remaining from token_stock where place = $1 and kind = $2 and counted = $3',
    [place, kind, counted],
  );
  return row?.remaining ?? counted;
}

/** Takes keys out of the stock, down to none. */
export async function takeFromStock(
  tx: Database,
  { place, kind, counted }: StockEntry,
  quantity: number,
): Promise<void> {
  await tx.query(
    `insert into token_stock as stock (place, kind, counted, remaining)
     values ($1, $2, $3, greatest(0, $3::integer - $4::integer))
     on conflict (place, kind) do update
       set counted = excluded.counted,
           remaining = case when stock.counted = excluded.counted
                            then greatest(0, stock.remaining - $4::integer) else excluded.remaining end`,
    [place, kind, counted, quantity],
  );
}
