import type { ChannelPolicy } from './channel-policy.ts';
import type { HomeDependencies, HomePublisher } from './home/publisher.ts';
import type { PersonLimits } from './person-limit.ts';

/** What listeners need. */
export interface SlackDependencies extends HomeDependencies {
  readonly channelPolicy: ChannelPolicy;
  readonly homePublisher: HomePublisher;
  readonly limits: PersonLimits;
  /** Name of this instance. */
  readonly instance: string;
}
