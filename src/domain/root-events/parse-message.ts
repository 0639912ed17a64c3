import { type AccountId, isAccountId } from '../account.ts';
import type { RootEvent, RootEventKind, RootEventVia } from './root-event.ts';

/** Why a message is no root event. */
export type RejectReason =
  /** Not JSON, or without the parts that every event has. */
  | 'malformed'
  /** A record of an event that is not asked for. */
  | 'unknown-event'
  /** Someone other than root did it. */
  | 'not-root'
  /** Its parts contradict each other, or its time is impossible. */
  | 'forged'
  /** Of an account that is not in the organization. */
  | 'foreign';

/** A message that became nothing, with what is worth knowing about it. */
export interface RejectedMessage {
  readonly kind: 'rejected';
  readonly reason: RejectReason;
  readonly detail: string;
  readonly accountId: AccountId | null;
  readonly eventId: string | null;
}

/** What a message of the queue turned out to be. */
export type ParsedMessage =
  /** `reportedBy` is the account that sent it; for a root session the one that opened it. */
  | { readonly kind: 'event'; readonly event: RootEvent; readonly reportedBy: AccountId }
  /** The scheduled sign of life of an account. */
  | { readonly kind: 'heartbeat'; readonly accountId: AccountId; readonly at: Date }
  /** A root session that can only read, as the bot's own. */
  | { readonly kind: 'audit-session'; readonly accountId: AccountId; readonly at: Date }
  | RejectedMessage;

/** A clock that is wrong by less makes no event suspicious. */
const CLOCK_TOLERANCE_MS = 24 * 60 * 60_000;
/** A queue keeps messages for 14 days at most; what is older was sent again by hand. */
const MAX_AGE_MS = 15 * 24 * 60 * 60_000;
/** What SQS takes. CloudTrail's records have up to 256 KB, and the envelope of EventBridge comes on top. */
const MAX_BODY_LENGTH = 1_048_576;
const MAX_TEXT_LENGTH = 300;

const AUDIT_POLICY = 'IAMAuditRootUserCredentials';

/** Event names by source; a name alone is not unique across AWS services. */
const KINDS: Readonly<Record<string, Readonly<Record<string, RootEventKind>>>> = {
  'signin.amazonaws.com': {
    ConsoleLogin: 'signed-in',
    PasswordRecoveryRequested: 'recovery-requested',
    PasswordRecoveryCompleted: 'recovery-completed',
    PasswordUpdated: 'password-changed',
    EmailUpdated: 'email-changed',
  },
  'iam.amazonaws.com': {
    EnableMFADevice: 'mfa-enabled',
    DeactivateMFADevice: 'mfa-removed',
    DeleteVirtualMFADevice: 'mfa-removed',
    CreateAccessKey: 'access-key-created',
    CreateLoginProfile: 'password-created',
    UpdateLoginProfile: 'password-changed',
    ChangePassword: 'password-changed',
    DeleteLoginProfile: 'password-deleted',
  },
  'account.amazonaws.com': {
    StartPrimaryEmailUpdate: 'email-changed',
    AcceptPrimaryEmailUpdate: 'email-changed',
    PutAlternateContact: 'contact-changed',
    DeleteAlternateContact: 'contact-changed',
    PutContactInformation: 'contact-changed',
    CloseAccount: 'account-closed',
  },
  'organizations.amazonaws.com': {
    CloseAccount: 'account-closed',
    LeaveOrganization: 'organization-left',
  },
};

/** The event names that are root events, by event source, besides `sts:AssumeRoot`. */
export const ROOT_EVENT_NAMES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(KINDS).map(([source, names]) => [source, Object.keys(names)]),
);

/**
 * Returns what a message of the queue is. Total: whatever the text, it returns and never throws.
 *
 * The text has crossed accounts, and anyone who controls one account of the organization can send one, so every claim is
 * compared with the others before it is believed.
 */
export function parseMessage(body: string, now: Date): ParsedMessage {
  if (body.length > MAX_BODY_LENGTH) return rejected('malformed', 'longer than a message can be');
  const envelope = record(parsedJson(body));
  if (!envelope) return rejected('malformed', 'not a JSON object');

  if (text(envelope['TopicArn']) !== null) {
    return rejected('malformed', 'in the envelope of an SNS topic; rules must send to the queue itself');
  }
  const sentBy = text(envelope['account']);
  const sentAt = time(envelope['time']);
  if (!sentBy || !isAccountId(sentBy)) return rejected('malformed', 'no account in the event');
  if (!sentAt) return rejected('malformed', 'no time in the event', sentBy);
  const impossible = impossibleTime(sentAt, now);
  if (impossible) return rejected('forged', impossible, sentBy);

  const source = text(envelope['source']) ?? '';
  if (source === 'aws.events' && envelope['detail-type'] === 'Scheduled Event') {
    return { kind: 'heartbeat', accountId: sentBy, at: sentAt };
  }
  const detail = record(envelope['detail']);
  if (!detail) return rejected('malformed', 'no CloudTrail record in the event', sentBy);
  return parseRecord(detail, { sentBy, source, now });
}

interface Sender {
  readonly sentBy: AccountId;
  readonly source: string;
  readonly now: Date;
}

type Fields = Readonly<Record<string, unknown>>;

function parseRecord(detail: Fields, { sentBy, source, now }: Sender): ParsedMessage {
  const id = text(detail['eventID']);
  const refuse = (reason: RejectReason, why: string) => rejected(reason, why, sentBy, id);

  const name = text(detail['eventName']);
  const eventSource = text(detail['eventSource']);
  const at = time(detail['eventTime']);
  const identity = record(detail['userIdentity']);
  if (!id) return refuse('malformed', 'no eventID in the record');
  if (!name || !eventSource) return refuse('malformed', 'no eventName or eventSource in the record');
  if (!at) return refuse('malformed', 'no eventTime in the record');
  if (!identity) return refuse('malformed', 'no userIdentity in the record');

  const impossible = impossibleTime(at, now);
  if (impossible) return refuse('forged', impossible);
  // Rules can be fed with events of one's own, but not under the names that AWS keeps for itself.
  if (!source.startsWith('aws.'))
    return refuse('forged', `sent by ${source || 'an unnamed source'}, not by AWS`);
  const recipient = text(detail['recipientAccountId']);
  if (recipient !== null && recipient !== sentBy) {
    return refuse('forged', `a record for ${recipient} sent by ${sentBy}`);
  }

  const common = { id, name, at, ...factsOf(detail) };
  if (eventSource === 'sts.amazonaws.com' && name === 'AssumeRoot') {
    return parseAssumeRoot(detail, identity, common, sentBy);
  }
  const kind = kindOf(eventSource, name, detail);
  if (!kind) return refuse('unknown-event', `${eventSource} ${name}`);

  const problem = problemWithRoot(identity, sentBy);
  if (problem) return refuse(problem.reason, problem.why);
  const via: RootEventVia = isAssumedRoot(identity) ? 'root-session' : 'root-user';
  const succeeded = kind !== 'sign-in-failed' && common.errorCode === null;
  return {
    kind: 'event',
    reportedBy: sentBy,
    event: { ...common, accountId: sentBy, kind, via, succeeded, openedBy: null, taskPolicy: null },
  };
}

/** A root session is recorded where it was opened, and is about the account that it opens. */
function parseAssumeRoot(
  detail: Fields,
  identity: Fields,
  common: Omit<RootEvent, 'accountId' | 'kind' | 'via' | 'succeeded' | 'openedBy' | 'taskPolicy'>,
  sentBy: AccountId,
): ParsedMessage {
  const refuse = (reason: RejectReason, why: string) => rejected(reason, why, sentBy, common.id);
  const callerAccount = text(identity['accountId']);
  if (callerAccount !== null && callerAccount !== sentBy) {
    return refuse('forged', `a session opened by ${callerAccount} sent by ${sentBy}`);
  }
  const parameters = record(detail['requestParameters']);
  const target = accountOf(text(parameters?.['targetPrincipal']));
  if (!target) return refuse('malformed', 'no targetPrincipal in the record');

  const policyArn =
    text(record(parameters?.['taskPolicyArn'])?.['arn']) ?? text(parameters?.['taskPolicyArn']);
  const taskPolicy = policyArn?.split('/').at(-1) ?? null;
  if (taskPolicy === AUDIT_POLICY) return { kind: 'audit-session', accountId: sentBy, at: common.at };
  return {
    kind: 'event',
    reportedBy: sentBy,
    event: {
      ...common,
      accountId: target,
      kind: 'session-opened',
      via: 'root-session',
      succeeded: common.errorCode === null,
      openedBy: text(identity['arn']),
      taskPolicy,
    },
  };
}

function kindOf(source: string, name: string, detail: Fields): RootEventKind | undefined {
  const names = Object.hasOwn(KINDS, source) ? KINDS[source] : undefined;
  const kind = names && Object.hasOwn(names, name) ? names[name] : undefined;
  if (kind !== 'signed-in') return kind;
  const outcome = text(record(detail['responseElements'])?.['ConsoleLogin']);
  return outcome === 'Success' ? 'signed-in' : 'sign-in-failed';
}

const ROOT_ARN = /^arn:[\w-]+:iam::(\d{12}):root$/;

/** Why the identity is not root of the account that sent the record; undefined where it is. */
function problemWithRoot(
  identity: Fields,
  sentBy: AccountId,
): { readonly reason: 'not-root' | 'forged'; readonly why: string } | undefined {
  const type = text(identity['type']);
  if (type !== 'Root') return { reason: 'not-root', why: `done by ${type ?? 'an identity without a type'}` };

  const account = text(identity['accountId']);
  const arn = text(identity['arn']);
  if (account === null && arn === null) return { reason: 'forged', why: 'a root user without an account' };
  if (account !== null && account !== sentBy) {
    return { reason: 'forged', why: `root of ${account} in a record of ${sentBy}` };
  }
  if (arn !== null && ROOT_ARN.exec(arn)?.[1] !== sentBy) {
    return { reason: 'forged', why: `${arn} in a record of root of ${sentBy}` };
  }
  return undefined;
}

function isAssumedRoot(identity: Fields): boolean {
  const marked = record(identity['sessionContext'])?.['assumedRoot'];
  return marked === true || marked === 'true';
}

/** The account that a root ARN or a bare id names. */
function accountOf(principal: string | null): AccountId | undefined {
  const id = principal === null ? undefined : (ROOT_ARN.exec(principal)?.[1] ?? principal);
  return id !== undefined && isAccountId(id) ? id : undefined;
}

function factsOf(detail: Fields) {
  const additional = record(detail['additionalEventData']);
  const parameters = record(detail['requestParameters']);
  const used = text(additional?.['MFAUsed']);
  const errorCode = text(detail['errorCode']) ?? text(detail['errorMessage']);
  return {
    errorCode,
    source: text(detail['sourceIPAddress']),
    userAgent: text(detail['userAgent']),
    mfaUsed: used === null ? null : used.toLowerCase() === 'yes',
    device: text(additional?.['MFAIdentifier']) ?? text(parameters?.['serialNumber']),
    region: text(detail['awsRegion']),
  };
}

function impossibleTime(at: Date, now: Date): string | undefined {
  if (at.getTime() > now.getTime() + CLOCK_TOLERANCE_MS)
    return `its time, ${at.toISOString()}, is in the future`;
  if (at.getTime() < now.getTime() - MAX_AGE_MS) return `its time, ${at.toISOString()}, is too long ago`;
  return undefined;
}

function rejected(
  reason: RejectReason,
  detail: string,
  accountId: AccountId | null = null,
  eventId: string | null = null,
): RejectedMessage {
  return { kind: 'rejected', reason, detail, accountId, eventId };
}

function parsedJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A text with something in it, shortened, without what cannot be stored or shown. */
function text(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const cleaned = value.slice(0, MAX_TEXT_LENGTH).replace(CONTROL_CHARACTERS, '').trim();
  return cleaned === '' ? null : cleaned;
}

/** Control characters, and halves of characters, which a database refuses. */
const CONTROL_CHARACTERS = /[\p{Cc}\p{Cs}]/gu;

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

function time(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !ISO_TIME.test(value)) return undefined;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
