import type { PersonDriver } from '@root-mfa-bot/local-slack';
import type { Random } from './random.ts';
import { ADMINS, OWNER, type World } from './world.ts';

const MODAL_TIMEOUT_MS = 4_000;

/** A form that Slack saw acknowledged: what it asked for must be there in the end. */
export interface AcknowledgedRequest {
  readonly accountId: string;
}

type Action = (world: World, random: Random) => Promise<AcknowledgedRequest | undefined>;

/** What people do at the same time in one round; resolves with what the bot acknowledged. */
export async function clickAround(world: World, random: Random): Promise<readonly AcknowledgedRequest[]> {
  // A person has one modal at a time, so each does one thing after the other.
  const owner = repeat(random.between(1, 3), () => requestKey(world, random));
  const admins = ADMINS.map((id) =>
    repeat(random.between(1, 3), () => random.pick(ADMIN_ACTIONS)(world, random, world.slack.as(id))),
  );
  const [requests] = await Promise.all([owner, ...admins]);
  return requests.filter((request) => request !== undefined);
}

async function repeat<T>(times: number, act: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let count = 0; count < times; count += 1) results.push(await act());
  return results;
}

const requestKey: Action = async ({ slack, aws }, random) => {
  const person = slack.as(OWNER);
  const accountId = random.pick(aws.organization.accountIds);
  await person.command('#security', `/mfa-status request ${accountId}`);
  const opened = await slack
    .waitUntil(() => person.modal()?.title === 'Request a hardware key', MODAL_TIMEOUT_MS)
    .catch(() => false);
  if (!opened) {
    await closeModal(person);
    return undefined;
  }
  const { ok } = await person.submit({ office: 'London' });
  const accepted = ok && (await isAccepted(slack, person));
  await closeModal(person);
  return accepted ? { accountId } : undefined;
};

/** Whether the form was not refused: an account has one open request at most. */
async function isAccepted(slack: World['slack'], person: PersonDriver): Promise<boolean> {
  await slack.waitUntil(() => person.modal()?.submit !== 'Request', MODAL_TIMEOUT_MS).catch(() => false);
  return person.modal()?.shown.includes('You requested') ?? false;
}

type AdminAction = (world: World, random: Random, admin: PersonDriver) => Promise<unknown>;

const ADMIN_ACTIONS: readonly AdminAction[] = [
  async (_world, _random, admin) => admin.command('#security', '/mfa-status'),
  async (_world, _random, admin) => admin.command('#security', '/mfa-status scan'),
  async (_world, _random, admin) => {
    await admin.open('#security-keys');
    // There may be nothing to approve.
    return admin.click({ text: 'Approve' }).catch(() => undefined);
  },
];

async function closeModal(person: PersonDriver): Promise<void> {
  if (person.modal()) await person.close();
}
