import {
  CreateLoginProfileCommand,
  DeactivateMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteLoginProfileCommand,
  DeleteSigningCertificateCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListMFADevicesCommand,
  ListSigningCertificatesCommand,
} from '@aws-sdk/client-iam';
import { AssumeRootCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, expect, jest, test } from '@jest/globals';
import { parseConfig } from '../../src/config/config.ts';
import { advanceClock } from '../../src/demo/advance-clock.ts';
import { CHANNELS, type Company, demoCompany, PEOPLE } from '../../src/demo/company.ts';
import { refreshDirectory } from '../../src/usecases/owners/refresh-directory.ts';
import { startBotHarness } from '../support/bot-harness.ts';

jest.setTimeout(120_000);

const HOUR_MS = 60 * 60_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const PAYMENTS = '111122223333';

/** Ten member accounts of the demo company; root of four has no credentials. */
const WITHOUT = ['555566660001', '333344440001', '444455550010', '444455550001'];
const WITH = ['100020003001', PAYMENTS, '111122224444', '111122225555', '222233330005', '222233330006'];
const { bot, slack, aws, clock, scan } = await startBotHarness({
  company: tenMembers(demoCompany()),
  config: parseConfig(`
policy: { rootCredentials: forbidden }
slack: { channel: ${CHANNELS.security.id}, admins: [${PEOPLE.sam.id}, ${PEOPLE.chloe.id}] }
schedule: { timezone: UTC, scan: "0 6 * * 1", digest: "0 9 * * 1", reminders: "0 9 31 12 *" }
`),
  scanned: false,
});
for (const id of WITHOUT) aws.organization.deleteRootCredentials(id);
await scan();
await refreshDirectory(bot.ctx);

// So that each tick falls on the morning of a digest.
clock.advance(untilMonday(clock.now()) + 9.1 * HOUR_MS);

const sam = slack.as(PEOPLE.sam.id);
const ana = slack.as(PEOPLE.ana.id);
type Person = typeof sam;
const inChannel = (words: string) =>
  slack.messagesIn('#security').filter(({ text }) => text.includes(words)).length;
const reads = (person: Person, place: string, words: string) =>
  slack.waitUntil(() => person.messages(place).find(({ shown }) => shown.includes(words))?.shown);
const readsModal = (person: Person, words: string) =>
  slack.waitUntil(() => {
    const shown = person.modal()?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });

function untilMonday(now: Date): number {
  const midnight = new Date(now).setUTCHours(0, 0, 0, 0);
  return midnight + (8 - (now.getUTCDay() || 7)) * 24 * HOUR_MS - now.getTime();
}

function tenMembers(company: Company): Company {
  const isKept = ({ id }: { readonly id: string }) =>
    [company.organization.managementAccountId, ...WITHOUT, ...WITH].includes(id);
  const accounts = company.accounts.filter(isKept);
  return { ...company, accounts, organization: { ...company.organization, accounts } };
}

const clients: IAMClient[] = [];
const sts = new STSClient({ region: 'us-east-1' });
afterAll(() => {
  for (const client of [sts, ...clients]) client.destroy();
});

/** IAM in a root session, as a shell of the management account opens it. */
async function rootSession(TargetPrincipal: string, task: string): Promise<IAMClient> {
  const { Credentials } = await sts.send(
    new AssumeRootCommand({ TargetPrincipal, TaskPolicyArn: { arn: task } }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  const credentials = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
  const iam = new IAMClient({ region: 'us-east-1', credentials });
  clients.push(iam);
  return iam;
}

/** Runs the shell commands of the guide, line by line; an ID is one that the list before it showed. */
async function runCommands(guide: string): Promise<void> {
  const lines = guide.split('\n').filter((line) => line.startsWith('aws '));
  const [, account = '', task = ''] =
    /--target-principal (\S+) --task-policy-arn arn=(\S+)/.exec(guide) ?? [];
  const iam = await rootSession(account, task);
  let ids: (string | undefined)[] = [];
  for (const line of lines.filter((one) => one.startsWith('aws iam'))) {
    const [, , command] = line.split(' ');
    switch (command) {
      case 'delete-login-profile':
        await iam.send(new DeleteLoginProfileCommand({})).catch((error: Error) => {
          if (error.name !== 'NoSuchEntityException') throw error;
        });
        break;
      case 'list-access-keys':
        ids = ((await iam.send(new ListAccessKeysCommand({}))).AccessKeyMetadata ?? []).map(
          ({ AccessKeyId }) => AccessKeyId,
        );
        break;
      case 'delete-access-key':
        for (const AccessKeyId of ids) await iam.send(new DeleteAccessKeyCommand({ AccessKeyId }));
        break;
      case 'list-signing-certificates':
        ids = ((await iam.send(new ListSigningCertificatesCommand({}))).Certificates ?? []).map(
          ({ CertificateId }) => CertificateId,
        );
        break;
      case 'delete-signing-certificate':
        for (const CertificateId of ids)
          await iam.send(new DeleteSigningCertificateCommand({ CertificateId }));
        break;
      case 'list-mfa-devices':
        ids = ((await iam.send(new ListMFADevicesCommand({}))).MFADevices ?? []).map(
          ({ SerialNumber }) => SerialNumber,
        );
        break;
      case 'deactivate-mfa-device':
        for (const SerialNumber of ids) await iam.send(new DeactivateMFADeviceCommand({ SerialNumber }));
        break;
      default:
        throw new Error(`The guide shows a command that no one knows: ${line}`);
    }
  }
}

/** Opens the list of accounts that still have root credentials, and follows the guide of the first one. */
async function removeCredentialsOfFirst(): Promise<void> {
  const before = sam.messages('#general').length;
  await sam.command('#general', '/mfa-status credentials');
  const list = await slack.waitUntil(() => sam.messages('#general').slice(before).at(-1)?.shown);
  const [account = ''] = /\d{12}/.exec(list) ?? [];
  await sam.command('#general', `/mfa-status fix ${account}`);
  await runCommands(await readsModal(sam, `--target-principal ${account}`));
}

async function removeTwo(): Promise<void> {
  for (let removed = 0; removed < 2; removed += 1) {
    await removeCredentialsOfFirst();
    await sam.click('check-fix');
    await readsModal(sam, 'AWS confirms it');
    await sam.close();
  }
}

test('an admin takes the company from 40% to 100% without root credentials, with what Slack shows', async () => {
  for (const share of ['40%', '60%', '80%', '100%']) {
    await advanceClock(clock, WEEK_MS, bot.tick, WEEK_MS);
    const digest = await slack.waitUntil(() =>
      slack
        .messagesIn('#security')
        .find(({ text }) => new RegExp(`no root credentials: .*\\(${share}\\)`).test(text)),
    );
    expect(digest.text).toContain('of 10');
    if (share !== '100%') await removeTwo();
  }
  expect(inChannel('Policy allows no root credentials, but')).toBe(0);
});

test('an owner recovers root during a window and forgets to close it', async () => {
  await ana.command('#general', `/mfa-status ${PAYMENTS}`);
  await reads(ana, '#general', 'payments-prod');
  await ana.click('request-recovery');
  await readsModal(ana, 'During a recovery window');
  const hours = (count: number) => Math.floor((clock.now().getTime() + count * HOUR_MS) / 1000);
  const tooLong = await ana.submit({ reason: 'Unlock a bucket policy', until: hours(80) });
  expect(JSON.stringify(tooLong)).toContain('The limit is 72 hours');
  await ana.submit({ reason: 'Unlock a bucket policy', ticket: 'SEC-7', until: hours(4) });
  await readsModal(ana, 'I’ll message you when an admin decides');
  await ana.close();

  // Another person decides: an admin, and in the channel or in their Home.
  await reads(ana, '#security', '*recovery window* for');
  await ana.click('grant-recovery', { in: '#security' });
  await reads(ana, '#security', 'This is your own request');
  await sam.openHome();
  await slack.waitUntil(() => sam.home()?.shown.includes('Recovery window requested'));
  await sam.click('grant-recovery');
  await reads(ana, 'dm', 'granted the recovery window');

  const iam = await rootSession(PAYMENTS, 'arn:aws:iam::aws:policy/root-task/IAMCreateRootUserPassword');
  await iam.send(new CreateLoginProfileCommand({}));
  await scan();
  await ana.command('#general', `/mfa-status ${PAYMENTS}`);
  await reads(ana, '#general', 'Recovery window open');
  expect(inChannel('Policy allows no root credentials, but')).toBe(0);

  await advanceClock(clock, 3.2 * HOUR_MS, bot.tick, HOUR_MS);
  expect(await reads(ana, 'dm', 'Root still has credentials')).toContain('payments-prod');
  await advanceClock(clock, HOUR_MS, bot.tick, HOUR_MS / 2);
  await slack.waitUntil(() => inChannel('The recovery window ended, but root still has credentials') === 1);
  expect(await reads(ana, 'dm', 'Remove the root credentials now')).toContain('Root has a password');

  await removeCredentialsOfFirst();
  await scan();
  await slack.waitUntil(() => inChannel('Fixed: confirmed') === 1);
});
