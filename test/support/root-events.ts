import { accountId } from '../../src/domain/account.ts';
import type { RootEvent } from '../../src/domain/root-events/root-event.ts';

/** The account in the examples. */
export const MEMBER = '111122223333';

type Fields = Readonly<Record<string, unknown>>;

/** A CloudTrail record of root of {@link MEMBER}, after the documented examples. */
export function aRootRecord(over: Fields = {}, accountId: string = MEMBER): Fields {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'Root',
      principalId: accountId,
      arn: `arn:aws:iam::${accountId}:root`,
      accountId,
      accessKeyId: '',
    },
    eventTime: '2026-11-24T09:14:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'DeactivateMFADevice',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    requestParameters: null,
    responseElements: null,
    eventID: 'e5e52c1f-8a1c-4a7e-9f4b-000000000001',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
    ...over,
  };
}

/** Root signs in with a security key. */
export function aConsoleLogin(over: Fields = {}, accountId: string = MEMBER): Fields {
  return aRootRecord(
    {
      eventSource: 'signin.amazonaws.com',
      eventName: 'ConsoleLogin',
      eventType: 'AwsConsoleSignIn',
      responseElements: { ConsoleLogin: 'Success' },
      additionalEventData: {
        LoginTo: 'https://console.aws.amazon.com/console/home',
        MobileVersion: 'No',
        MFAIdentifier: `arn:aws:iam::${accountId}:u2f/root/blue-key-ABC`,
        MFAUsed: 'Yes',
      },
      ...over,
    },
    accountId,
  );
}

/** A central account, 999999999999, opens a root session for a task. */
export function anAssumeRoot(taskPolicy: string, target: string = MEMBER): Fields {
  return aRootRecord({
    eventSource: 'sts.amazonaws.com',
    eventName: 'AssumeRoot',
    recipientAccountId: '999999999999',
    userIdentity: {
      type: 'AssumedRole',
      arn: 'arn:aws:sts::999999999999:assumed-role/Security/sam',
      accountId: '999999999999',
    },
    requestParameters: {
      targetPrincipal: target,
      taskPolicyArn: { arn: `arn:aws:iam::aws:policy/root-task/${taskPolicy}` },
    },
  });
}

/** The record as EventBridge hands it to a queue. */
export function anEventMessage(detail: Fields, account: string = MEMBER): Fields {
  const eventSource = detail['eventSource'];
  const [source] = (typeof eventSource === 'string' ? eventSource : 'signin.amazonaws.com').split('.');
  return {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type':
      detail['eventType'] === 'AwsConsoleSignIn'
        ? 'AWS Console Sign In via CloudTrail'
        : 'AWS API Call via CloudTrail',
    source: `aws.${source}`,
    account,
    time: '2026-11-24T09:14:02Z',
    region: 'us-east-1',
    resources: [],
    detail,
  };
}

/** Root of {@link MEMBER} signed in at 09:14. */
export function aRootEvent(over: Partial<RootEvent> = {}): RootEvent {
  return {
    id: 'event-1',
    accountId: accountId(MEMBER),
    kind: 'signed-in',
    name: 'ConsoleLogin',
    at: new Date('2026-11-24T09:14:00Z'),
    via: 'root-user',
    succeeded: true,
    errorCode: null,
    source: '203.0.113.7',
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    mfaUsed: true,
    device: null,
    openedBy: null,
    taskPolicy: null,
    region: 'us-east-1',
    ...over,
  };
}
