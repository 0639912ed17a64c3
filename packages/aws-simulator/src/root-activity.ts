import { randomUUID } from 'node:crypto';

/** Something that happens to the root user of an account, as CloudTrail would record it. */
export interface RootActivity {
  readonly accountId: string;
  readonly action:
    | 'sign-in'
    | 'failed-sign-in'
    | 'recovery-requested'
    | 'recovery-completed'
    | 'remove-mfa'
    | 'enable-mfa'
    | 'create-access-key'
    | 'create-password'
    | 'delete-password'
    | 'change-email'
    | 'close-account';
  readonly at: Date;
  readonly source?: string;
  /** Serial number or ARN of the MFA device of a sign-in; without one MFA was not used. */
  readonly mfaDevice?: string;
  readonly eventId?: string;
}

const CONSOLE = 'signin.amazonaws.com';
const IAM = 'iam.amazonaws.com';
const ACCOUNT = 'account.amazonaws.com';

const EVENTS: Readonly<Record<RootActivity['action'], { readonly source: string; readonly name: string }>> = {
  'sign-in': { source: CONSOLE, name: 'ConsoleLogin' },
  'failed-sign-in': { source: CONSOLE, name: 'ConsoleLogin' },
  'recovery-requested': { source: CONSOLE, name: 'PasswordRecoveryRequested' },
  'recovery-completed': { source: CONSOLE, name: 'PasswordRecoveryCompleted' },
  'remove-mfa': { source: IAM, name: 'DeactivateMFADevice' },
  'enable-mfa': { source: IAM, name: 'EnableMFADevice' },
  'create-access-key': { source: IAM, name: 'CreateAccessKey' },
  'create-password': { source: IAM, name: 'CreateLoginProfile' },
  'delete-password': { source: IAM, name: 'DeleteLoginProfile' },
  'change-email': { source: ACCOUNT, name: 'AcceptPrimaryEmailUpdate' },
  'close-account': { source: ACCOUNT, name: 'CloseAccount' },
};

/** Returns what an EventBridge rule of the account sends for it, after the examples that AWS documents. */
export function rootEventMessage(activity: RootActivity): string {
  const { accountId, action, at, source = '203.0.113.7', eventId = randomUUID() } = activity;
  const { source: eventSource, name } = EVENTS[action];
  const isConsole = eventSource === CONSOLE;
  const detail = {
    eventVersion: '1.11',
    userIdentity: {
      type: 'Root',
      principalId: accountId,
      arn: `arn:aws:iam::${accountId}:root`,
      accountId,
      accessKeyId: '',
    },
    eventTime: seconds(at),
    eventSource,
    eventName: name,
    awsRegion: 'us-east-1',
    sourceIPAddress: source,
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36',
    ...(action === 'failed-sign-in' && { errorMessage: 'Failed authentication' }),
    requestParameters: null,
    responseElements: responseElements(action, name),
    ...(name === 'ConsoleLogin' && { additionalEventData: signInData(activity) }),
    eventID: eventId,
    readOnly: false,
    eventType: isConsole ? 'AwsConsoleSignIn' : 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
  };
  return envelope(accountId, at, {
    'detail-type': isConsole ? 'AWS Console Sign In via CloudTrail' : 'AWS API Call via CloudTrail',
    source: `aws.${eventSource.split('.')[0]}`,
    detail,
  });
}

/** Returns the daily sign of life of an account. */
export function signOfLifeMessage(accountId: string, at: Date): string {
  return envelope(accountId, at, {
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    detail: {},
  });
}

function envelope(accountId: string, at: Date, rest: object): string {
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    account: accountId,
    time: seconds(at),
    region: 'us-east-1',
    resources: [],
    ...rest,
  });
}

function responseElements(action: RootActivity['action'], name: string): object | null {
  if (name === 'ConsoleLogin') return { ConsoleLogin: action === 'sign-in' ? 'Success' : 'Failure' };
  return action.startsWith('recovery-') ? { [name]: 'Success' } : null;
}

function signInData({ action, mfaDevice }: RootActivity): object {
  return {
    LoginTo: 'https://console.aws.amazon.com/console/home?state=hashArgs%23&isauthcode=true',
    MobileVersion: 'No',
    ...(mfaDevice !== undefined && action === 'sign-in' && { MFAIdentifier: mfaDevice }),
    MFAUsed: mfaDevice !== undefined && action === 'sign-in' ? 'Yes' : 'No',
  };
}

/** CloudTrail writes times to the second. */
function seconds(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}
