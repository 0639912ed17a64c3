import type { TokenKind } from './token-request.ts';

/** How many keys of each kind the company counted, by office; `*` is the stock of all other places. */
export type CountedStock = Readonly<Record<string, Readonly<Partial<Record<TokenKind, number | undefined>>>>>;

/** The stock of one kind of key at one place. */
export interface StockLevel {
  /** An office, or `*`. */
  readonly place: string;
  readonly remaining: number;
}

/** Where a company without offices, or one that ships to homes, keeps its keys. */
export const SHARED_STOCK = '*';

/** Fewer keys than this are a low stock. */
const LOW_STOCK = 5;

/** Returns where the keys for an office come from, and how many were counted there; undefined: no stock is kept. */
export function stockFor(
  stock: CountedStock,
  { office, kind }: { readonly office: string | null; readonly kind: TokenKind },
): { readonly place: string; readonly counted: number } | undefined {
  for (const place of [office ?? SHARED_STOCK, SHARED_STOCK]) {
    const counted = Object.hasOwn(stock, place) ? stock[place]?.[kind] : undefined;
    if (counted !== undefined) return { place, counted };
  }
  return undefined;
}

/** Returns what an approver should know of a stock before `needed` keys leave it. */
export function stockHint(remaining: number, needed: number): 'enough' | 'low' | 'too-few' {
  if (remaining < needed) return 'too-few';
  return remaining - needed < LOW_STOCK ? 'low' : 'enough';
}
