import type { Config } from '../config/config.ts';
import type { Context } from '../usecases/shared/context.ts';
import type { Gate } from './authorizer.ts';
import type { Homes } from './home/publisher.ts';
import type { People } from './user-directory.ts';

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
