import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ParsedMessage,
  parseMessage,
  ROOT_EVENT_NAMES,
} from '../../../src/domain/root-events/parse-message.ts';
import { isSevere } from '../../../src/domain/root-events/root-event.ts';
import {
  aConsoleLogin,
  anAssumeRoot,
  anEventMessage,
  aRootRecord,
  MEMBER,
} from '../../support/root-events.ts';

const NOW = new Date('2026-11-24T09:15:00Z');
const parse = (message: unknown): ParsedMessage => parseMessage(JSON.stringify(message), NOW);
const rejected = (message: unknown) => {
  const parsed = parse(message);
  return parsed.kind === 'rejected' ? parsed.reason : parsed.kind;
};

describe('a record of CloudTrail becomes a root event', () => {
  test('a sign-in with MFA, as AWS documents it', () => {
    const parsed = parse(anEventMessage(aConsoleLogin()));

    expect(parsed).toEqual({
      kind: 'event',
      reportedBy: MEMBER,
      event: {
        id: 'e5e52c1f-8a1c-4a7e-9f4b-000000000001',
        accountId: MEMBER,
        kind: 'signed-in',
        name: 'ConsoleLogin',
        at: new Date('2026-11-24T09:14:00Z'),
        via: 'root-user',
        succeeded: true,
        errorCode: null,
        source: '203.0.113.7',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
        mfaUsed: true,
        device: `arn:aws:iam::${MEMBER}:u2f/root/blue-key-ABC`,
        openedBy: null,
        taskPolicy: null,
        region: 'us-east-1',
      },
    });
  });

  test('a failed sign-in says why, and did not succeed', () => {
    const failed = aConsoleLogin({
      responseElements: { ConsoleLogin: 'Failure' },
      errorMessage: 'Failed authentication',
      additionalEventData: { MFAUsed: 'No' },
    });

    const parsed = parse(anEventMessage(failed));

    expect(parsed).toMatchObject({
      event: { kind: 'sign-in-failed', succeeded: false, errorCode: 'Failed authentication', mfaUsed: false },
    });
  });

  test('a refused change keeps its kind, and is not severe', () => {
    const refused = aRootRecord({ eventName: 'CreateAccessKey', errorCode: 'AccessDenied' });

    const parsed = parse(anEventMessage(refused));

    expect(parsed).toMatchObject({ event: { kind: 'access-key-created', succeeded: false } });
    expect(parsed.kind === 'event' && isSevere(parsed.event)).toBe(false);
  });

  test.each(
    Object.entries(ROOT_EVENT_NAMES).flatMap(([source, names]) =>
      names.map((name) => [source, name] as const),
    ),
  )('%s %s', (eventSource, eventName) => {
    const responseElements = eventName === 'ConsoleLogin' ? { ConsoleLogin: 'Success' } : null;
    expect(parse(anEventMessage(aRootRecord({ eventSource, eventName, responseElements }))).kind).toBe(
      'event',
    );
  });

  test('a root session is distinguished from a person with root’s password', () => {
    const userIdentity = {
      type: 'Root',
      arn: `arn:aws:iam::${MEMBER}:root`,
      accountId: MEMBER,
      sessionContext: { assumedRoot: 'true' },
    };

    const parsed = parse(anEventMessage(aRootRecord({ eventName: 'DeleteLoginProfile', userIdentity })));

    expect(parsed).toMatchObject({ event: { kind: 'password-deleted', via: 'root-session' } });
  });
});

describe('a root session', () => {
  test('is about the account that it opens, and says who opened it and for what', () => {
    const parsed = parse(anEventMessage(anAssumeRoot('IAMDeleteRootUserCredentials'), '999999999999'));

    expect(parsed).toMatchObject({
      kind: 'event',
      reportedBy: '999999999999',
      event: {
        accountId: MEMBER,
        kind: 'session-opened',
        via: 'root-session',
        openedBy: 'arn:aws:sts::999999999999:assumed-role/Security/sam',
        taskPolicy: 'IAMDeleteRootUserCredentials',
      },
    });
  });

  test('that can only read, as the bot’s own, is no event', () => {
    const parsed = parse(anEventMessage(anAssumeRoot('IAMAuditRootUserCredentials'), '999999999999'));

    expect(parsed.kind).toBe('audit-session');
  });

  test('names its target by ARN as well', () => {
    const record = anAssumeRoot('S3UnlockBucketPolicy', `arn:aws:iam::${MEMBER}:root`);

    expect(parse(anEventMessage(record, '999999999999'))).toMatchObject({ event: { accountId: MEMBER } });
  });
});

test('the scheduled sign of life of an account is a heartbeat', () => {
  const heartbeat = {
    ...anEventMessage({}),
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    detail: {},
  };

  expect(parse(heartbeat)).toEqual({
    kind: 'heartbeat',
    accountId: MEMBER,
    at: new Date('2026-11-24T09:14:02Z'),
  });
});

describe('what is not believed', () => {
  test.each([
    [
      'a record of another account than the sender’s',
      anEventMessage(aConsoleLogin({ recipientAccountId: '999999999999' })),
    ],
    [
      'root of another account',
      anEventMessage(aConsoleLogin({ userIdentity: { type: 'Root', accountId: '999999999999' } })),
    ],
    [
      'an ARN of another account',
      anEventMessage(
        aConsoleLogin({ userIdentity: { type: 'Root', arn: 'arn:aws:iam::999999999999:root' } }),
      ),
    ],
    [
      'an ARN of a user who calls himself Root',
      anEventMessage(
        aConsoleLogin({ userIdentity: { type: 'Root', arn: `arn:aws:iam::${MEMBER}:user/root` } }),
      ),
    ],
    ['root of no account at all', anEventMessage(aConsoleLogin({ userIdentity: { type: 'Root' } }))],
    ['a source that AWS does not use', { ...anEventMessage(aConsoleLogin()), source: 'my.app' }],
    ['a time far in the future', anEventMessage(aConsoleLogin({ eventTime: '2026-11-26T09:14:00Z' }))],
    ['a message from years ago', { ...anEventMessage(aConsoleLogin()), time: '2020-01-01T00:00:00Z' }],
    [
      'a session opened by a third account',
      anEventMessage(anAssumeRoot('IAMCreateRootUserPassword'), '888888888888'),
    ],
  ])('%s', (_, message) => {
    expect(rejected(message)).toBe('forged');
  });

  test('a user or a role is not root', () => {
    const userIdentity = { type: 'IAMUser', arn: `arn:aws:iam::${MEMBER}:user/ana`, accountId: MEMBER };

    expect(rejected(anEventMessage(aConsoleLogin({ userIdentity })))).toBe('not-root');
  });
});

test('a clock that is an hour off, and a day of delay, make nothing suspicious', () => {
  expect(rejected(anEventMessage(aConsoleLogin({ eventTime: '2026-11-24T10:14:00Z' })))).toBe('event');
  expect(rejected(anEventMessage(aConsoleLogin({ eventTime: '2026-11-23T09:14:00Z' })))).toBe('event');
});

describe('what cannot be read', () => {
  test.each([
    ['no JSON', 'hello'],
    ['an empty text', ''],
    ['a list', '[]'],
    ['a number', '42'],
    ['null', 'null'],
    ['an event without an account', JSON.stringify({ ...anEventMessage(aConsoleLogin()), account: 'me' })],
    ['an event without a time', JSON.stringify({ ...anEventMessage(aConsoleLogin()), time: 'now' })],
    ['an event without a record', JSON.stringify({ ...anEventMessage(aConsoleLogin()), detail: 'x' })],
    ['a record without an id', JSON.stringify(anEventMessage(aConsoleLogin({ eventID: 7 })))],
    ['a record without a name', JSON.stringify(anEventMessage(aConsoleLogin({ eventName: null })))],
    [
      'a record without a time',
      JSON.stringify(anEventMessage(aConsoleLogin({ eventTime: '2026-99-99T00:00:00Z' }))),
    ],
    ['a record without an identity', JSON.stringify(anEventMessage(aConsoleLogin({ userIdentity: null })))],
    [
      'a session without a target',
      JSON.stringify(anEventMessage(anAssumeRoot('x', 'nobody'), '999999999999')),
    ],
  ])('%s is malformed', (_, body) => {
    expect(parseMessage(body, NOW)).toMatchObject({ kind: 'rejected', reason: 'malformed' });
  });

  test('an event in the envelope of an SNS topic says what is wrong with the wiring', () => {
    const Message = JSON.stringify(anEventMessage(aConsoleLogin()));
    const envelope = { Type: 'Notification', TopicArn: 'arn:aws:sns:us-east-1:111122223333:t', Message };

    expect(parse(envelope)).toMatchObject({
      reason: 'malformed',
      detail: 'in the envelope of an SNS topic; rules must send to the queue itself',
    });
  });

  test('an event in another event is not believed: only AWS sends what AWS recorded', () => {
    const outer = { ...anEventMessage(anEventMessage(aConsoleLogin())), source: 'my.forwarder' };

    expect(parse(outer).kind).toBe('rejected');
  });

  test('an event that is not asked for is unknown, with its name', () => {
    const message = anEventMessage(
      aRootRecord({ eventSource: 's3.amazonaws.com', eventName: 'ListBuckets' }),
    );

    expect(parse(message)).toMatchObject({ reason: 'unknown-event', detail: 's3.amazonaws.com ListBuckets' });
    expect(rejected(anEventMessage(aRootRecord({ eventName: 'constructor' })))).toBe('unknown-event');
    expect(rejected(anEventMessage(aRootRecord({ eventSource: '__proto__' })))).toBe('unknown-event');
  });

  test('texts are shortened and lose what a database refuses', () => {
    const long = `\u0000Mozilla\ud800${'x'.repeat(10_000)}`;

    const parsed = parse(anEventMessage(aConsoleLogin({ userAgent: long })));

    const agent = parsed.kind === 'event' ? (parsed.event.userAgent ?? '') : '';
    expect(agent.startsWith('Mozillaxxx')).toBe(true);
    expect(agent.length).toBeLessThanOrEqual(300);
  });
});

test('a record as long as CloudTrail writes them is read, envelope and all', () => {
  const record = aConsoleLogin({ requestParameters: { padding: '' } });
  const padding = 'x'.repeat(256 * 1024 - JSON.stringify(record).length);

  const parsed = parse(anEventMessage({ ...record, requestParameters: { padding } }));

  expect(parsed).toMatchObject({ kind: 'event', event: { kind: 'signed-in' } });
});

test('a text longer than a queue takes is not even looked into', () => {
  expect(parseMessage(' '.repeat(1024 * 1024 + 1), NOW)).toMatchObject({
    reason: 'malformed',
    detail: 'longer than a message can be',
  });
});

test('whatever the text, reading it ends in an outcome', () => {
  fc.assert(fc.property(fc.string(), (body) => typeof parseMessage(body, NOW).kind === 'string'));
  fc.assert(fc.property(fc.json(), (body) => typeof parseMessage(body, NOW).kind === 'string'));
  const parts = fc.dictionary(
    fc.constantFrom('eventID', 'eventName', 'eventSource', 'eventTime', 'userIdentity', 'requestParameters'),
    fc.anything(),
  );
  fc.assert(
    fc.property(
      parts,
      (over) => typeof parse(anEventMessage({ ...aConsoleLogin(), ...over })).kind === 'string',
    ),
  );
});
