import { expect, test } from '@jest/globals';
import { SimulatedOrganization, SimulatedQueue } from '@root-mfa-bot/aws-simulator';
import { createRootActivity, ROOT_ACTIONS } from '../../src/demo/root-activity.ts';
import { parseMessage } from '../../src/domain/root-events/parse-message.ts';

const NOW = new Date('2026-11-24T09:00:00Z');
const MANAGEMENT = '100000000001';
const MEMBER = '100000000003';
const SANDBOX = '100000000004';

function aDemo() {
  const organization = new SimulatedOrganization({
    managementAccountId: MANAGEMENT,
    accounts: [
      { id: MANAGEMENT, name: 'management' },
      {
        id: MEMBER,
        name: 'payments',
        orgUnit: '/Production',
        root: { devices: [{ kind: 'fido', name: 'blue' }] },
      },
      { id: SANDBOX, name: 'idea', orgUnit: '/Sandbox' },
    ],
  });
  const queue = new SimulatedQueue('root-mfa-events', MANAGEMENT);
  const activity = createRootActivity({ organization, queue, now: () => NOW });
  const received = () =>
    queue.receive(100).map(({ body }) => {
      const parsed = parseMessage(body, NOW);
      return parsed.kind === 'event' ? parsed.event.kind : parsed.kind;
    });
  return { organization, activity, received };
}

test('the bot receives what a person does as root', () => {
  const { activity, received, organization } = aDemo();

  for (const action of ROOT_ACTIONS) activity.perform(action, MEMBER);

  expect(received()).toEqual([
    'signed-in',
    'sign-in-failed',
    'recovery-requested',
    'recovery-completed',
    'signed-in',
    'mfa-removed',
    'signed-in',
    'access-key-created',
  ]);
  expect(organization.account(MEMBER).root).toMatchObject({ devices: [], accessKeys: 1 });
});

test('no one signs in without a password', () => {
  const { activity, organization, received } = aDemo();
  organization.setPassword(MEMBER, false);

  expect(() => activity.perform('root-sign-in', MEMBER)).toThrow('no password');
  activity.perform('root-recover-password', MEMBER);
  activity.perform('root-sign-in', MEMBER);

  expect(received()).toEqual(['recovery-requested', 'recovery-completed', 'signed-in']);
});

test('accounts send a sign of life once a day, but for those that are not wired', async () => {
  const { activity, received } = aDemo();

  const ticked = activity.tick();
  const sent = received();
  activity.perform('root-sign-in', SANDBOX);

  expect(sent).toEqual(['heartbeat', 'heartbeat']);
  expect(received()).toEqual([]);
  await ticked;
});
