import type { Config } from '../config/config.ts';
import type { Context } from '../usecases/shared/context.ts';
import type { Authorizer } from './authorizer.ts';
import type { HomePublisher } from './home/publisher.ts';
import type { UserDirectory } from './user-directory.ts';

/** What listeners need. */
export interface SlackDependencies {
  readonly ctx: Context;
  readonly config: Config;
  readonly authorizer: Authorizer;
  readonly people: UserDirectory;
  readonly homePublisher: HomePublisher;
  /** Which instance this is. */
  readonly instance: string;
}
