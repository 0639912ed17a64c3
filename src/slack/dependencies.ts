import type { HomeDependencies, HomePublisher } from './home/publisher.ts';

/** What listeners need. */
export interface SlackDependencies extends HomeDependencies {
  readonly homePublisher: HomePublisher;
  /** Name of this instance. */
  readonly instance: string;
}
