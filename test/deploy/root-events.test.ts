import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { actionsOf, readTemplate, type Stack } from '../../deploy/lint/template.ts';
import { parseMessage, ROOT_EVENT_NAMES } from '../../src/domain/root-events/parse-message.ts';
import { matchesEventPattern } from '../support/event-pattern.ts';
import { aConsoleLogin, anAssumeRoot, anEventMessage, aRootRecord, MEMBER } from '../support/root-events.ts';

const read = (path: string) => readFileSync(new URL(`../../deploy/aws/${path}`, import.meta.url), 'utf8');
const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:root-mfa-events';
const BOT = 'arn:aws:iam::111122223333:role/RootMfaBot';

const member = () => readTemplate(read('cloudformation/root-events-member.yaml'), { QueueArn: QUEUE });
const queue = (over: Record<string, string> = {}) =>
  readTemplate(read('cloudformation/root-events-queue.yaml'), {
    OrganizationId: 'o-exampleorgid',
    BotPrincipalArn: BOT,
    ...over,
  });

/** The event patterns of the template by the name of their rule. */
const patterns = () =>
  Object.fromEntries(
    Object.values(member().resources).flatMap(({ Properties }) =>
      Properties['EventPattern'] ? [[String(Properties['Name']), Properties]] : [],
    ),
  );

test('the rule asks for every event that the bot can read, and for no other', () => {
  const pattern = patterns()['root-mfa-root-user']?.['EventPattern'] as {
    source: string[];
    detail: { eventName: string[]; userIdentity: unknown };
  };

  const known = [...new Set(Object.values(ROOT_EVENT_NAMES).flat())].sort();
  const sources = Object.keys(ROOT_EVENT_NAMES).map((source) => `aws.${source.split('.')[0]}`);
  expect([...pattern.detail.eventName].sort()).toEqual(known);
  expect([...pattern.source].sort()).toEqual(sources.sort());
  expect(pattern.detail.userIdentity).toEqual({ type: ['Root'] });
});

/** The rules of the template that send this event to the queue. */
const rulesFor = (event: unknown) =>
  Object.entries(patterns())
    .filter(([, { EventPattern }]) => matchesEventPattern(EventPattern as object as Fields, event))
    .map(([name]) => name);
const NOW = new Date('2026-11-24T09:15:00Z');
type Fields = Readonly<Record<string, unknown>>;

describe('what root does reaches the queue, once, and the bot can read it', () => {
  const signIn = { eventSource: 'signin.amazonaws.com', eventType: 'AwsConsoleSignIn' };
  const account = { eventSource: 'account.amazonaws.com' };

  test.each<[string, string, Fields]>([
    ['a sign-in', 'signed-in', aConsoleLogin()],
    ['a failed sign-in', 'sign-in-failed', aConsoleLogin({ responseElements: { ConsoleLogin: 'Failure' } })],
    ['a requested recovery', 'recovery-requested', { ...signIn, eventName: 'PasswordRecoveryRequested' }],
    ['a completed recovery', 'recovery-completed', { ...signIn, eventName: 'PasswordRecoveryCompleted' }],
    ['a changed password', 'password-changed', { ...signIn, eventName: 'PasswordUpdated' }],
    ['a new MFA device', 'mfa-enabled', { eventName: 'EnableMFADevice' }],
    ['a removed MFA device', 'mfa-removed', { eventName: 'DeactivateMFADevice' }],
    ['a deleted virtual MFA device', 'mfa-removed', { eventName: 'DeleteVirtualMFADevice' }],
    ['an access key', 'access-key-created', { eventName: 'CreateAccessKey' }],
    ['a new password', 'password-created', { eventName: 'CreateLoginProfile' }],
    ['a deleted password', 'password-deleted', { eventName: 'DeleteLoginProfile' }],
    ['an email change', 'email-changed', { ...account, eventName: 'AcceptPrimaryEmailUpdate' }],
    ['an email change that begins', 'email-changed', { ...account, eventName: 'StartPrimaryEmailUpdate' }],
    ['an email change on the sign-in page', 'email-changed', { ...signIn, eventName: 'EmailUpdated' }],
    ['an alternate contact', 'contact-changed', { ...account, eventName: 'PutAlternateContact' }],
    ['a removed contact', 'contact-changed', { ...account, eventName: 'DeleteAlternateContact' }],
    ['the contact of the account', 'contact-changed', { ...account, eventName: 'PutContactInformation' }],
    ['a closed account', 'account-closed', { ...account, eventName: 'CloseAccount' }],
    [
      'an account that leaves',
      'organization-left',
      { eventSource: 'organizations.amazonaws.com', eventName: 'LeaveOrganization' },
    ],
  ])('%s', (_, kind, fields) => {
    const message = anEventMessage(aRootRecord(fields));

    expect(rulesFor(message)).toEqual(['root-mfa-root-user']);
    expect(parseMessage(JSON.stringify(message), NOW)).toMatchObject({ kind: 'event', event: { kind } });
  });

  test.each(
    Object.entries(ROOT_EVENT_NAMES).flatMap(([source, names]) => names.map((name) => [source, name])),
  )('every event that the bot can read: %s %s', (eventSource, eventName) => {
    const eventType = eventSource === 'signin.amazonaws.com' ? 'AwsConsoleSignIn' : 'AwsApiCall';

    expect(rulesFor(anEventMessage(aRootRecord({ eventSource, eventName, eventType })))).toEqual([
      'root-mfa-root-user',
    ]);
  });

  test.each([
    'IAMDeleteRootUserCredentials',
    'IAMCreateRootUserPassword',
    'S3UnlockBucketPolicy',
    'SQSUnlockQueuePolicy',
  ])('a root session for another task than an audit: %s', (task) => {
    const message = anEventMessage(anAssumeRoot(task), '999999999999');

    expect(rulesFor(message)).toEqual(['root-mfa-root-sessions']);
    expect(parseMessage(JSON.stringify(message), NOW)).toMatchObject({
      kind: 'event',
      event: { kind: 'session-opened', taskPolicy: task },
    });
  });

  test('a change made in a root session', () => {
    const record = aRootRecord({
      eventName: 'DeleteLoginProfile',
      userIdentity: {
        type: 'Root',
        principalId: MEMBER,
        arn: `arn:aws:iam::${MEMBER}:root`,
        accountId: MEMBER,
        sessionContext: { assumedRoot: 'true', attributes: { mfaAuthenticated: 'false' } },
      },
    });

    expect(rulesFor(anEventMessage(record))).toEqual(['root-mfa-root-user']);
  });
});

describe('what is no business of the bot does not reach the queue', () => {
  test('the root session in which the bot reads, and what it reads there', () => {
    const session = anEventMessage(anAssumeRoot('IAMAuditRootUserCredentials'), '999999999999');
    const reads = ['GetAccountSummary', 'GetLoginProfile', 'ListMFADevices', 'ListAccessKeys'].map(
      (eventName) => anEventMessage(aRootRecord({ eventName, readOnly: true })),
    );

    expect([session, ...reads].flatMap(rulesFor)).toEqual([]);
  });

  test('what users and roles do to themselves and others', () => {
    const user = { type: 'IAMUser', arn: `arn:aws:iam::${MEMBER}:user/ana`, accountId: MEMBER };
    const role = {
      type: 'AssumedRole',
      arn: `arn:aws:sts::${MEMBER}:assumed-role/Admin/ana`,
      accountId: MEMBER,
    };
    const events = [
      aConsoleLogin({ userIdentity: user }),
      aRootRecord({ eventName: 'CreateAccessKey', userIdentity: user }),
      aRootRecord({ eventName: 'DeactivateMFADevice', userIdentity: role }),
      aRootRecord({ eventSource: 'sts.amazonaws.com', eventName: 'AssumeRole', userIdentity: role }),
    ];

    expect(events.flatMap((record) => rulesFor(anEventMessage(record)))).toEqual([]);
  });

  test('an event that someone sends under a name of their own', () => {
    expect(rulesFor({ ...anEventMessage(aConsoleLogin()), source: 'com.example.signin' })).toEqual([]);
  });
});

test('the module of Terraform has the same rules', () => {
  const module = JSON.parse(read('terraform/root-events-member/event-patterns.json'));

  const template = Object.fromEntries(
    Object.entries(patterns()).map(([name, { EventPattern, Description }]) => [
      name,
      { description: Description, pattern: EventPattern },
    ]),
  );
  expect(module).toEqual(template);
});

describe('what accounts and bot may do with the queue is bounded', () => {
  test('only the role of the rules, in accounts of the organization, can send', () => {
    const [members] = queue().permissions;

    expect(members).toMatchObject({
      Action: 'sqs:SendMessage',
      Condition: {
        StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' },
        ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/RootMfaEvents' },
      },
    });
  });

  test('the bot can read and delete, and nothing else', () => {
    const bot = queue().permissions.filter(({ Sid }) => Sid === 'Bot');

    expect(bot[0]?.Principal).toEqual({ AWS: BOT });
    expect(actionsOf(bot)).toEqual([
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
    ]);
  });

  test('the role in an account can send to this queue alone, and only EventBridge takes it on', () => {
    const { trust, permissions } = member();

    expect(permissions).toEqual([
      { Sid: 'Send', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: QUEUE },
    ]);
    expect(trust[0]).toMatchObject({
      Principal: { Service: 'events.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
    });
  });

  test('a queue of another Region is refused: EventBridge does not send there', () => {
    const elsewhere = { QueueArn: QUEUE.replace('us-east-1', 'eu-west-1') };

    expect(() => readTemplate(read('cloudformation/root-events-member.yaml'), elsewhere)).toThrow(/pattern/);
  });

  test('messages are encrypted in both queues, and on the way', () => {
    const { resources, permissions } = queue();

    for (const name of ['Queue', 'DeadLetters']) {
      expect(resources[name]?.Properties).toMatchObject({ SqsManagedSseEnabled: true });
    }
    expect(permissions.filter(({ Effect }) => Effect === 'Deny')).toMatchObject([
      { Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ]);
  });

  test('what the bot fails to read five times is kept apart', () => {
    const { Properties } = queue().resources['Queue'] as Stack['resources'][string];

    expect(Properties['RedrivePolicy']).toEqual({
      deadLetterTargetArn: 'GetAtt DeadLetters.Arn',
      maxReceiveCount: 5,
    });
  });
});
