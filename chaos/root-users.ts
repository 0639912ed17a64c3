import { rootEventMessage } from '@root-mfa-bot/aws-simulator';
import type { Random } from './random.ts';
import type { World } from './world.ts';

const ACTIONS = [
  'sign-in',
  'failed-sign-in',
  'recovery-requested',
  'remove-mfa',
  'create-access-key',
] as const;
/** One in this many messages is sent twice. */
const DOUBLED_EVERY = 4;

/** Root users do something; resolves with the ids of the events that reached the queue. */
export function useRoot({ aws, company }: World, random: Random): readonly string[] {
  const ids: string[] = [];
  for (let count = random.between(2, 8); count > 0; count -= 1) {
    const eventId = `event-${random.between(1, 1e9)}`;
    const body = rootEventMessage({
      accountId: random.pick(company.accounts).id,
      action: random.pick(ACTIONS),
      at: new Date(Date.now() - random.between(0, 600) * 1_000),
      source: `198.51.100.${random.between(1, 3)}`,
      eventId,
    });
    for (let times = random.between(1, DOUBLED_EVERY) === 1 ? 2 : 1; times > 0; times -= 1) {
      aws.rootEventQueue.send(body);
    }
    ids.push(eventId);
  }
  return ids;
}
