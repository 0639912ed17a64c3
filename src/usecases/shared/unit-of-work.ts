import type { Database } from '../../store/database.ts';
import type { Context } from './context.ts';

/** One transaction of a use case: what is written in it is saved together, or not at all, as of one time. */
export interface UnitOfWork {
  readonly tx: Database;
  readonly ctx: Context;
  readonly at: Date;
}
