import type { AccountId } from '../account.ts';

/** What root did, in the words of the bot; each kind is one or more event names of CloudTrail. */
export const ROOT_EVENT_KINDS = [
  'signed-in',
  'sign-in-failed',
  'recovery-requested',
  'recovery-completed',
  'password-changed',
  'password-created',
  'password-deleted',
  'mfa-enabled',
  'mfa-removed',
  'access-key-created',
  'email-changed',
  'contact-changed',
  'account-closed',
  'organization-left',
  'session-opened',
] as const;

export type RootEventKind = (typeof ROOT_EVENT_KINDS)[number];

/** Who acted as root: a person with root's own credentials, or a root session opened from a central account. */
export type RootEventVia = 'root-user' | 'root-session';

/** Something root did, as CloudTrail recorded it. Texts come from outside: untrusted. */
export interface RootEvent {
  /** CloudTrail's `eventID`: the same event keeps it, however often it is delivered. */
  readonly id: string;
  /** The account whose root user it was. */
  readonly accountId: AccountId;
  readonly kind: RootEventKind;
  /** CloudTrail's `eventName`. */
  readonly name: string;
  readonly at: Date;
  readonly via: RootEventVia;
  /** False where AWS refused it. */
  readonly succeeded: boolean;
  readonly errorCode: string | null;
  /** An IP address, or what AWS writes in place of one, such as `AWS Internal`. */
  readonly source: string | null;
  readonly userAgent: string | null;
  /** `null`: not a sign-in, or CloudTrail does not say. */
  readonly mfaUsed: boolean | null;
  /** Serial number or ARN of the MFA device, where the record names one. */
  readonly device: string | null;
  /** Who opened a root session, by ARN; `null` where only root itself is named. */
  readonly openedBy: string | null;
  /** Last part of the task policy's ARN, such as `IAMDeleteRootUserCredentials`. */
  readonly taskPolicy: string | null;
  readonly region: string | null;
}

/** Kinds after which an earlier answer of the owner no longer covers the incident. */
const SEVERE: ReadonlySet<RootEventKind> = new Set([
  'recovery-requested',
  'recovery-completed',
  'password-changed',
  'password-created',
  'mfa-removed',
  'access-key-created',
  'email-changed',
  'account-closed',
  'organization-left',
]);

/** Whether the event changes who controls the account, or takes protection away. */
export function isSevere({ kind, succeeded }: Pick<RootEvent, 'kind' | 'succeeded'>): boolean {
  return succeeded && SEVERE.has(kind);
}

/** How grave events of a kind are: a change of who controls the account, a use of root, an attempt that failed. */
export function gravityOf(kind: RootEventKind): number {
  return SEVERE.has(kind) ? 2 : kind === 'sign-in-failed' ? 0 : 1;
}

/** Kinds that leave nothing behind for a check of the account to find. */
const WITHOUT_TRACE: ReadonlySet<RootEventKind> = new Set([
  'sign-in-failed',
  'contact-changed',
  'session-opened',
]);

/** Kinds after which a check of the account can show something new. */
export const KINDS_WORTH_CHECKING: readonly RootEventKind[] = ROOT_EVENT_KINDS.filter(
  (kind) => !WITHOUT_TRACE.has(kind),
);

/** Whether a check of the account can show something new after the event. */
export function isWorthChecking({ kind, succeeded }: Pick<RootEvent, 'kind' | 'succeeded'>): boolean {
  return succeeded && KINDS_WORTH_CHECKING.includes(kind);
}
