import type { CallError } from './evidence.ts';
import type { KnownAccount } from './scan.ts';

/** Why an account cannot be judged. */
export type UnknownReason =
  /** Neither a root session nor a role opens. */
  | 'no-way-in'
  /** Inside, what matters may not be read. */
  | 'reading-refused'
  | 'throttled'
  | 'unreachable'
  /** AWS answered, but contradicts itself or leaves out what matters. */
  | 'unclear-answer'
  | 'unrecognised-device'
  /** Root has MFA; of which kind is hidden. */
  | 'kind-not-read'
  /** Strict proof is asked, and nobody has said what the key is. */
  | 'hardware-not-proven'
  | 'never-read'
  | 'other';

/** Each reason in a sentence, and what somebody must do about it. */
export const UNKNOWN_REASONS = {
  'no-way-in': {
    says: 'AWS opens neither a root session nor a role in the account.',
    who: 'admin',
    todo: [
      'For root sessions: enable centralised root access, and allow the bot sts:AssumeRoot with the task policy IAMAuditRootUserCredentials.',
      'If a service control policy denies root, exempt sessions that carry the condition key aws:AssumedRoot.',
      'Or roll out the reader role to the account (aws.memberRole in root-mfa.yml), with a trust policy that names the bot.',
    ],
  },
  'reading-refused': {
    says: 'The account opens, but does not let the bot read its MFA devices.',
    who: 'admin',
    todo: [
      'Allow iam:GetAccountSummary and iam:ListVirtualMFADevices to the reader role of the account (aws.memberRole in root-mfa.yml).',
      'If the role allows both, look for a service control policy or a permissions boundary that denies them.',
    ],
  },
  throttled: {
    says: 'AWS answered that there were too many requests.',
    who: 'nobody',
    todo: [
      'Check the account again in some minutes.',
      'If it keeps happening, find out what else calls IAM in that account so often.',
    ],
  },
  unreachable: {
    says: 'AWS could not be reached, or answered too late.',
    who: 'nobody',
    todo: [
      'Check the account again.',
      'If every account is affected, look at the network and the proxy of the machine that the bot runs on.',
    ],
  },
  'unclear-answer': {
    says: 'AWS answered, but contradicts itself or leaves out what matters.',
    who: 'nobody',
    todo: [
      'Check the account again in some minutes: AWS sometimes shows a change in one place before another.',
      'If it stays so, sign in as root and look under Security credentials which MFA devices are registered.',
    ],
  },
  'unrecognised-device': {
    says: 'Root has a kind of MFA device that the bot does not know.',
    who: 'admin',
    todo: [
      'Sign in as root and look under Security credentials what the device is.',
      'Tell whoever runs the bot: AWS may have a new kind of device that it should learn.',
    ],
  },
  'kind-not-read': {
    says: 'Root has MFA, but the kind of its device could not be read.',
    who: 'admin',
    todo: [
      'A root session shows the kind of every device: enable centralised root access, and allow the bot sts:AssumeRoot.',
      'Without one, iam:ListVirtualMFADevices in the account must answer in full: allow it, or check the account again.',
    ],
  },
  'hardware-not-proven': {
    says: 'AWS does not tell a hardware key from a passkey, and nobody has said which it is.',
    who: 'owner',
    todo: ['Ask the owner to say what the key is.'],
  },
  'never-read': {
    says: 'The account has not been looked at yet.',
    who: 'nobody',
    todo: ['Check the account now, or wait for the next scan.'],
  },
  other: {
    says: 'AWS gave an answer that the bot cannot use.',
    who: 'admin',
    todo: ['Look up what AWS answered in the details of the account, then check the account again.'],
  },
} as const satisfies Record<
  UnknownReason,
  { readonly says: string; readonly who: 'admin' | 'owner' | 'nobody'; readonly todo: readonly string[] }
>;

/** Why an account cannot be judged: the last call that failed on the way, else what its verdict leaves open. */
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
  return verdict.mfa === 'unknown' && verdict.level1 === 'pass' ? 'kind-not-read' : 'unclear-answer';
}

/** Reasons that a policy of the organization can be behind. */
const POLICY_REASONS: ReadonlySet<UnknownReason> = new Set(['no-way-in', 'reading-refused', 'kind-not-read']);

/** Returns in a sentence why an account cannot be judged: which policy is in the way, where one is. */
export function unknownText(
  account: Pick<KnownAccount, 'verdict' | 'readFailure'>,
  policyCure: string | null = null,
): string {
  const reason = unknownReasonOf(account);
  return policyCure !== null && POLICY_REASONS.has(reason) ? policyCure : UNKNOWN_REASONS[reason].says;
}

function errorReason({ call, code }: CallError): UnknownReason {
  if (REFUSED.test(code)) return call.startsWith('sts:') ? 'no-way-in' : 'reading-refused';
  if (THROTTLED.test(code)) return 'throttled';
  return UNREACHABLE.test(code) ? 'unreachable' : 'other';
}

const REFUSED = /^(AccessDenied|UnauthorizedOperation)/;
const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown)/;
const UNREACHABLE =
  /^(E[A-Z]{3,}|Timeout|RequestTimeout|Cancelled|ServiceUnavailable|ServiceFailure|Internal)/;
