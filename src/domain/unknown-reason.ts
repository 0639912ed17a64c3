import type { CallError } from './evidence.ts';
import type { KnownAccount } from './scan.ts';

/** Why the state of an account is unknown. */
export type UnknownReason =
  /** AWS refuses both a root session and the reader role. */
  | 'no-way-in'
  /** The account opens, but denies the calls that matter. */
  | 'reading-refused'
  | 'throttled'
  | 'unreachable'
  /** AWS returned contradictory or incomplete data. */
  | 'unclear-answer'
  | 'unrecognised-device'
  /** Root has MFA; of which kind is hidden. */
  | 'kind-not-read'
  /** Policy forbids root credentials, and not every kind could be read. */
  | 'credentials-not-read'
  /** Policy requires proof of hardware, and the owner has not confirmed the key type. */
  | 'hardware-not-proven'
  | 'never-read'
  /** The organization no longer lists the account, and it waits for confirmation to close. */
  | 'not-listed'
  | 'other';

/** Each reason as a sentence, and what to do about it. */
export const UNKNOWN_REASONS = {
  'no-way-in': {
    short: 'No access',
    says: 'I have no access: AWS refused both a root session and the reader role.',
    who: 'admin',
    todo: [
      'For root sessions: enable centralized root access, and allow the bot sts:AssumeRoot with the task policy IAMAuditRootUserCredentials.',
      'If a service control policy denies root, exempt sessions that carry the condition key aws:AssumedRoot.',
      'Or deploy the reader role to the account (aws.memberRole in root-mfa.yml), with a trust policy that names the bot.',
    ],
  },
  'reading-refused': {
    short: 'MFA devices not readable',
    says: 'I can access the account, but not read its MFA devices.',
    who: 'admin',
    todo: [
      'Grant iam:GetAccountSummary and iam:ListVirtualMFADevices to the reader role of the account (aws.memberRole in root-mfa.yml).',
      'If the role allows both, look for a service control policy or a permissions boundary that denies them.',
    ],
  },
  throttled: {
    short: 'Throttled by AWS',
    says: 'AWS throttled my requests.',
    who: 'no-one',
    todo: [
      'Check the account again in a few minutes.',
      'If it keeps happening, find out what else calls IAM in that account so often.',
    ],
  },
  unreachable: {
    short: 'AWS did not respond',
    says: 'AWS did not respond in time.',
    who: 'no-one',
    todo: [
      'Check the account again.',
      'If every account is affected, check the network and the proxy of the machine that the bot runs on.',
    ],
  },
  'unclear-answer': {
    short: 'Contradictory data',
    says: 'AWS returned contradictory or incomplete data.',
    who: 'no-one',
    todo: [
      'Check the account again in a few minutes: AWS sometimes shows a change in one place before another.',
      'If this continues, sign in as root and check which MFA devices are registered under “Security credentials”.',
    ],
  },
  'unrecognised-device': {
    short: 'Unrecognized device',
    says: 'Root has an MFA device of an unrecognized type.',
    who: 'admin',
    todo: [
      'Sign in as root and check what the device is under “Security credentials”.',
      'Tell the operator of the bot: AWS may have introduced a new type of device.',
    ],
  },
  'kind-not-read': {
    short: 'Device type not readable',
    says: 'Root has MFA, but I could not read the type of its device.',
    who: 'admin',
    todo: [
      'A root session shows the type of every device: enable centralized root access, and allow the bot sts:AssumeRoot.',
      'Otherwise, iam:ListVirtualMFADevices must return the full list: grant it, or check the account again.',
    ],
  },
  'credentials-not-read': {
    short: 'Root credentials not readable',
    says: 'This account must have no root credentials, but I could not read all of them.',
    who: 'admin',
    todo: [
      'A root session shows every kind of credential: enable centralized root access, and allow the bot sts:AssumeRoot.',
      'Otherwise, allow iam:GetAccountSummary in the account, then check it again.',
    ],
  },
  'hardware-not-proven': {
    short: 'Key type not confirmed',
    says: 'AWS does not distinguish a hardware key from a passkey, and the owner has not confirmed which one it is.',
    who: 'owner',
    todo: ['Ask the owner to confirm the key type.'],
  },
  'not-listed': {
    short: 'No longer listed',
    says: 'The organization no longer lists the account.',
    who: 'admin',
    todo: [
      'If the account has left the organization, confirm on the Home tab that it can be closed here.',
      'If it has not, check that the bot can list all accounts, and what aws.exclude leaves out.',
    ],
  },
  'never-read': {
    short: 'Not checked yet',
    says: 'I have not checked this account yet.',
    who: 'no-one',
    todo: ['Check the account now, or wait for the next scan.'],
  },
  other: {
    short: 'Unexpected answer',
    says: 'AWS returned an unexpected answer.',
    who: 'admin',
    todo: ['See what AWS returned in the details of the account, then check it again.'],
  },
} as const satisfies Record<
  UnknownReason,
  {
    readonly short: string;
    readonly says: string;
    readonly who: 'admin' | 'owner' | 'no-one';
    readonly todo: readonly string[];
  }
>;

/** Returns why the state of an account is unknown: its last failed call, or what its verdict leaves open. */
export function unknownReasonOf({
  verdict,
  readFailure,
}: Pick<KnownAccount, 'verdict' | 'readFailure'>): UnknownReason {
  if (readFailure) {
    const last = readFailure.errors.at(-1);
    return last ? errorReason(last) : 'unclear-answer';
  }
  if (!verdict) return 'never-read';
  if (verdict.flags.includes('unrecognised_device')) return 'unrecognised-device';
  if (verdict.hardwareAssumed && verdict.level2 === 'pass') return 'hardware-not-proven';
  if (verdict.rootCredentials === 'unknown' && verdict.level1 !== 'unknown' && verdict.level2 !== 'unknown') {
    return 'credentials-not-read';
  }
  return verdict.mfa === 'unknown' && verdict.level1 === 'pass' ? 'kind-not-read' : 'unclear-answer';
}

/** Reasons that a policy of the organization can be behind. */
const POLICY_REASONS: ReadonlySet<UnknownReason> = new Set([
  'no-way-in',
  'reading-refused',
  'kind-not-read',
  'credentials-not-read',
]);

/** Returns in a sentence why an account cannot be judged: which policy is in the way, where one is. */
export function unknownText(
  account: Pick<KnownAccount, 'verdict' | 'readFailure'>,
  policyCure: string | null = null,
): string {
  const reason = unknownReasonOf(account);
  return policyCure !== null && POLICY_REASONS.has(reason) ? policyCure : UNKNOWN_REASONS[reason].says;
}

function errorReason({ call, code }: CallError): UnknownReason {
  if (code === 'NotListed') return 'not-listed';
  if (REFUSED.test(code)) return call.startsWith('sts:') ? 'no-way-in' : 'reading-refused';
  if (THROTTLED.test(code)) return 'throttled';
  return UNREACHABLE.test(code) ? 'unreachable' : 'other';
}

const REFUSED = /^(AccessDenied|UnauthorizedOperation)/;
const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown)/;
const UNREACHABLE =
  /^(E[A-Z]{3,}|Timeout|RequestTimeout|Cancelled|ServiceUnavailable|ServiceFailure|Internal)/;
