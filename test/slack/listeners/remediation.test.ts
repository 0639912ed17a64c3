import { describe, expect, test } from '@jest/globals';
import { parseConfig } from '../../../src/config/config.ts';
import { refreshDirectory } from '../../../src/usecases/owners/refresh-directory.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

const BENS = '555566660002';
const PASSKEY = '111122225555';
const LEVEL_2 = '333344440001';

const config = parseConfig(`
policy:
  rules:
    - { match: { accounts: ["${PASSKEY}"] }, level: 2, proof: strict }
    - { match: { accounts: ["${LEVEL_2}"] }, level: 2 }
slack: { channel: C01SECURITY, admins: [U01SAM, U02CHLOE] }
remediation:
  links: [{ title: How we keep root credentials, url: "https://wiki.example.com/aws/root" }]
`);
const { slack, aws, bot } = await startBotHarness({ config });
await refreshDirectory(bot.ctx);
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const emi = slack.as('U06EMI');
const sam = slack.as('U01SAM');

/** What the person reads in the modal, once it says that. */
const reads = (person: typeof ben, words: string) =>
  slack.waitUntil(() => {
    const shown = person.modal()?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });
/** What the person reads last in a conversation, once it says that. */
const hears = (person: typeof ben, channel: string, words: string) =>
  slack.waitUntil(() => {
    const shown = person.messages(channel).at(-1)?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });

describe('a person who has never heard of CIS', () => {
  test('asks how to fix, reads the steps that they can take, does it, and reads that it is fixed', async () => {
    await ben.command('#security', '/mfa-status fix');
    const guide = await reads(ben, 'Root can sign in without MFA');
    expect(guide).toContain(
      'Recommended: *Remove the root credentials centrally*\nAbout 5 minutes, by an admin',
    );
    expect(guide).toContain('Open the AWS console and sign in as root');
    expect(guide).not.toContain('sts:AssumeRoot');

    await ben.click({ text: 'Show the steps', value: `${BENS} security-key` });
    const steps = await reads(ben, 'Touch the key');
    expect(steps).toContain('Recommended: *Remove the root credentials centrally*');
    // At Level 1 an app is enough.
    expect(steps).not.toContain('which is not hardware MFA');

    await ben.click('check-fix');
    const notYet = await reads(ben, 'Not fixed yet');
    expect(notYet).toContain('AWS still shows no MFA device for root');
    expect(notYet).toContain('You registered the device for an IAM user');

    await ben.click({ text: 'Back to the steps' });
    await reads(ben, 'Recommended');
    await ben.click('check-fix');
    await reads(ben, 'less than a minute ago');

    aws.organization.enrolDevice(BENS, 'fido', 'key');
    await bot.ctx.db.query(`update job_runs set lease_until = now() where job = 'check-account'`);
    await ben.click({ text: 'Check again' });
    const fixed = await reads(ben, 'Fixed, thank you');
    expect(fixed).toContain('passkey or security key');
    expect(ben.modal()?.shown).not.toContain('Check again');
  });

  test('and who has nothing left to fix reads that', async () => {
    await ben.close();
    await ben.command('#security', '/mfa-status fix');

    expect(await hears(ben, '#security', 'None of your accounts is non-compliant')).toBeDefined();
  });
});

describe('the guide', () => {
  test('opens from an account, with the company’s page and the numbers of the benchmark', async () => {
    await sam.command('#security', '/mfa-status payroll');
    await hears(sam, '#security', 'payroll');
    await sam.click('how-to-fix');

    const guide = await reads(sam, 'CIS AWS Foundations Benchmark 7.0.0: 2.5 MFA for root');
    expect(guide).toContain('How we keep root credentials');
    expect(sam.modal()?.title).toBe('How to fix');
    await sam.close();
  });

  test('at Level 2 says which steps of the benchmark register no hardware', async () => {
    await sam.command('#security', `/mfa-status fix ${LEVEL_2}`);
    await reads(sam, 'Root can sign in without MFA');
    await sam.click({ text: 'Show the steps', value: `${LEVEL_2} security-key` });

    const steps = await reads(sam, 'Touch the key');
    expect(steps).toContain('CIS 6.0.0 and 7.0.0 print the steps for “Authenticator app”');
    expect(steps).toContain('which is not hardware MFA');
    await sam.close();
  });

  test('for a text that fits several accounts is a choice', async () => {
    await ana.command('#security', '/mfa-status fix archive');
    await hears(ana, '#security', 'Which one?');
    await ana.click('how-to-fix');

    await reads(ana, 'I cannot see enough');
    await ana.close();
  });

  test('for a text that fits no account names the nearest', async () => {
    await ana.command('#security', '/mfa-status fix payrol-x');

    expect(await hears(ana, '#security', 'No account is named')).toBeDefined();
  });

  test('is not done while root has a key, whatever its sign-in', async () => {
    await ana.command('#security', '/mfa-status fix support-desk');
    await reads(ana, 'Root has no password, but a signing certificate');
    await ana.click('check-fix');

    expect(await reads(ana, 'Root still has a signing certificate')).toContain('Back to the steps');
    await ana.close();
  });

  test('says when AWS could not be checked', async () => {
    await emi.command('#security', '/mfa-status fix crm');
    await reads(emi, 'Root has no password, but an access key');
    aws.organization.denyAccess('222233330005');
    await emi.click('check-fix');

    await reads(emi, 'I could not check AWS just now');
    await emi.close();
  });
});

describe('a key that AWS does not distinguish from a passkey', () => {
  test('is confirmed by its owner, which counts as proof', async () => {
    await ana.command('#security', `/mfa-status fix ${PASSKEY}`);
    await reads(ana, 'Is it a hardware key or a passkey?');
    await ana.click('tell-key');
    await slack.waitUntil(() => ana.modal()?.title === 'Confirm the key type');

    const refused = await ana.submit({ kind: 'hardware' });
    expect(JSON.stringify(refused)).toContain('make and model');
    await ana.submit({ kind: 'hardware', 'make-model': 'YubiKey 5C NFC' });

    const thanked = await reads(ana, 'Thank you');
    expect(thanked).toContain('Nothing to do');
    await ana.close();
    expect(ana.modal()).toBeNull();
  });

  test('cannot be confirmed by anyone else', async () => {
    await sam.command('#security', `/mfa-status fix ${PASSKEY}`);
    await reads(sam, 'payments-eu');

    expect(JSON.stringify(sam.modal())).not.toContain('tell-key');
  });
});
