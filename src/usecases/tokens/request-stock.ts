import type { TokenRequest } from '../../domain/token-request.ts';
import { type StockLevel, stockFor } from '../../domain/token-stock.ts';
import { readStock, takeFromStock } from '../../store/token-stock.ts';
import type { UnitOfWork } from '../shared/unit-of-work.ts';

type Work = Pick<UnitOfWork, 'tx' | 'ctx'>;

/** Returns how many keys are left where those of a request come from; undefined: the company keeps no stock here. */
export async function readRequestStock(
  { tx, ctx }: Work,
  { office, kind }: TokenRequest,
): Promise<StockLevel | undefined> {
  const entry = stockFor(ctx.config.tokens.stock, { office, kind });
  return entry && { place: entry.place, remaining: await readStock(tx, { ...entry, kind }) };
}

/** Takes the keys of a shipped request out of the stock, where the company keeps one. */
export async function takeRequestFromStock(
  { tx, ctx }: Work,
  { office, kind, quantity }: TokenRequest,
): Promise<void> {
  const entry = stockFor(ctx.config.tokens.stock, { office, kind });
  if (entry) await takeFromStock(tx, { ...entry, kind }, quantity);
}
