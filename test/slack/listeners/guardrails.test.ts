import { expect, test } from '@jest/globals';
import { DENY_ROOT } from '../../../src/demo/company-policies.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

const GAME_JAM = '555566660003';
const ACQUIRED = '555566660006';
const PAYMENTS = '111122223333';

const { slack, aws, scan } = await startBotHarness();
const sam = slack.as('U01SAM');

const reads = (words: string) =>
  slack.waitUntil(() => {
    const shown = sam.messages('#security').at(-1)?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });

test('an account whose root is denied by a policy says so, and that its owner cannot fix it', async () => {
  await sam.command('#security', `/mfa-status ${GAME_JAM}`);

  const shown = await reads('game-jam');
  expect(shown).toContain(`SCP deny-root on account ${GAME_JAM} denies root`);
  expect(shown).toContain('Root can still sign in, so MFA is still required');
  expect(shown).toContain("The owner cannot change root's MFA");
  expect(shown).toContain('Non-compliant');
});

test('an account that could not be checked names the policy, its target and the parameter', async () => {
  await sam.command('#security', `/mfa-status ${ACQUIRED}`);

  expect(await reads('acquired-startup')).toContain(
    'The Control Tower control AWS-GR_RESTRICT_ROOT_USER on /Sandbox/Experiments denies root sessions',
  );
});

test('a policy appears when attached and disappears when detached', async () => {
  aws.organization.attachPolicy(DENY_ROOT, PAYMENTS);
  await scan();
  await sam.command('#security', `/mfa-status ${PAYMENTS}`);
  await reads('SCP deny-root on account');

  aws.organization.detachPolicy(DENY_ROOT, PAYMENTS);
  await scan();
  await sam.command('#security', `/mfa-status ${PAYMENTS}`);

  const shown = await slack.waitUntil(() => {
    const last = sam.messages('#security').at(-1)?.shown ?? '';
    return last.includes(PAYMENTS) && !last.includes('deny-root') ? last : undefined;
  });
  expect(shown).not.toContain('Organization policies read');
});
