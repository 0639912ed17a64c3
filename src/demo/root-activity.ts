import { setTimeout as sleep } from 'node:timers/promises';
import {
  type RootActivity,
  rootEventMessage,
  type SimulatedOrganization,
  type SimulatedQueue,
  signOfLifeMessage,
} from '@root-mfa-bot/aws-simulator';

/** What a person at the page can do as root of an account. */
export const ROOT_ACTIONS = [
  'root-sign-in',
  'root-fail-sign-in',
  'root-recover-password',
  'root-remove-mfa',
  'root-create-access-key',
] as const;
export type RootAction = (typeof ROOT_ACTIONS)[number];

export interface RootActivityOptions {
  readonly organization: SimulatedOrganization;
  readonly queue: SimulatedQueue;
  readonly now: () => Date;
}

/** Accounts whose rules were never deployed. */
const NOT_WIRED = ['/Sandbox'];
const SIGN_OF_LIFE_EVERY_MS = 20 * 60 * 60_000;
/** The demo goes on even where the bot does not read. */
const READ_TIMEOUT_MS = 1_000;
const HOME_ADDRESS = '203.0.113.7';
const STRANGE_ADDRESS = '198.51.100.66';

/** Lets the root users of the demo act, and their accounts report it to the queue as EventBridge would. */
export function createRootActivity({ organization, queue, now }: RootActivityOptions) {
  let lastSignOfLife = Number.NEGATIVE_INFINITY;

  const isWired = (orgUnit: string) => !NOT_WIRED.some((path) => orgUnit.startsWith(path));
  const report = (accountId: string, action: RootActivity['action'], over: Partial<RootActivity> = {}) => {
    if (!isWired(organization.account(accountId).orgUnit)) return;
    queue.send(rootEventMessage({ accountId, action, at: now(), source: HOME_ADDRESS, ...over }));
  };
  const signIn = (accountId: string) => {
    const [device] = organization.account(accountId).root.devices;
    report(accountId, 'sign-in', device && { mfaDevice: device.serialNumber });
  };

  return {
    /** Does something as root; throws where that root user cannot do it. */
    perform(action: RootAction, accountId: string): void {
      const { root, name } = organization.account(accountId);
      if (root.passwordSetAt === null && action !== 'root-recover-password') {
        throw new Error(`Root of ${name} has no password, so no one can sign in.`);
      }
      switch (action) {
        case 'root-sign-in':
          signIn(accountId);
          return;
        case 'root-fail-sign-in':
          report(accountId, 'failed-sign-in', { source: STRANGE_ADDRESS });
          return;
        case 'root-recover-password':
          report(accountId, 'recovery-requested', { source: STRANGE_ADDRESS });
          organization.setPassword(accountId, true);
          report(accountId, 'recovery-completed', { source: STRANGE_ADDRESS });
          return;
        case 'root-remove-mfa':
          signIn(accountId);
          organization.removeMfa(accountId);
          report(accountId, 'remove-mfa');
          return;
        case 'root-create-access-key':
          signIn(accountId);
          organization.setAccessKeys(accountId, root.accessKeys + 1);
          report(accountId, 'create-access-key');
          return;
      }
    },

    /** Sends the daily sign of life of every account that is wired, once it is due, and waits until it is read. */
    async tick(): Promise<void> {
      const at = now();
      if (at.getTime() - lastSignOfLife < SIGN_OF_LIFE_EVERY_MS) return;
      lastSignOfLife = at.getTime();
      for (const { id, state, orgUnit } of organization.accounts) {
        if (state === 'ACTIVE' && isWired(orgUnit)) queue.send(signOfLifeMessage(id, at));
      }
      const deadline = performance.now() + READ_TIMEOUT_MS;
      while (queue.size > 0 && performance.now() < deadline) await sleep(10);
    },
  };
}

export type DemoRootActivity = ReturnType<typeof createRootActivity>;
