import type { Config } from '../config.ts';
import type { Context } from '../usecases/context.ts';
import type { Gate } from './access.ts';
import type { Homes } from './home.ts';
import type { People } from './people.ts';

/** What listeners need. */
export interface Bot {
  readonly ctx: Context;
  readonly config: Config;
  readonly gate: Gate;
  readonly people: People;
  readonly homes: Homes;
  /** Which instance this is. */
  readonly instance: string;
}
