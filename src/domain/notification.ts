import type { AccountId } from './account.ts';
import { isoWeek, localDate } from './calendar.ts';
import type { Compliance } from './compliance.ts';
import type { CountedList } from './counted-list.ts';
import type { Digest, IsoTimestamp } from './digest.ts';
import type { Exemption } from './exemption.ts';
import type { KeyConfirmationNotification } from './key-register/key-notification.ts';
import type { MfaRemoval } from './mfa-removal.ts';
import type { OwnerAssignment } from './owner-assignment.ts';
import type { Decider, SlackUserId } from './person.ts';
import type { Level } from './policy.ts';
import type { RecoveryNotification, RecoveryUpdateNotification } from './recovery-notification.ts';
import type { RemainingRootCredential } from './remediation-options.ts';
import type { RemovalState } from './removal-request.ts';
import type { RootNotification } from './root-events/root-notification.ts';
import type { TicketReference } from './ticket.ts';
import type { OpenTokenRequest, TokenKind, TokenRequest } from './token-request.ts';
import type { StockLevel } from './token-stock.ts';
import type { Mfa } from './verdict.ts';

/**
 * What the bot says unasked, as data that JSON can hold: ids, and what must be shown as it was then. The same key is the
 * same notification, so each kind has one way to build its key.
 */
export type NotificationContent =
  | DigestNotification
  | QuietNoteNotification
  | AlertNotification
  | AlertSummaryNotification
  | MfaRemovalNotification
  | ReminderNotification
  | EscalationNotification
  | TokenRequestNotification
  | TokenUpdateNotification
  | TokenFollowUpNotification
  | TokenHandoverNotification
  | SecondKeyNotification
  | ExemptionRequestNotification
  | ExemptionUpdateNotification
  | AdminAlertNotification
  | OwnerProposalNotification
  | OwnerAnswerNotification
  | RemovalRequestNotification
  | NoSignInNotification
  | RecoveryNotification
  | RecoveryUpdateNotification
  | KeyConfirmationNotification
  | RootNotification;

/** An account in a notification. */
export interface NotificationAccount {
  readonly id: AccountId;
  readonly name: string;
}

/** The week, in the channel; its lists may be shortened. */
export interface DigestNotification {
  readonly kind: 'digest';
  readonly digest: Digest;
}

/** The monthly note that replaces digests while every account is compliant. */
export interface QuietNoteNotification {
  readonly kind: 'quiet-note';
  readonly week: string;
  readonly sentence: string;
  readonly readAt: IsoTimestamp | null;
}

/** What cannot wait for the digest. */
export interface AlertNotification {
  readonly kind: 'alert';
  readonly alarm:
    | 'regression'
    | 'management-account'
    | 'credentials-returned'
    | 'credentials-added'
    | 'recovery-window-ended'
    | 'removal-denied';
  /** The copy that the owner gets. */
  readonly toOwner?: true;
  readonly account: NotificationAccount & { readonly managementAccount: boolean };
  readonly owner: string | null;
  readonly was: Mfa | null;
  readonly mfa: Mfa;
  readonly why: string;
  readonly since: IsoTimestamp;
  /** How many others lost MFA in the same scan, in alerts of former versions; now they have a summary. */
  readonly others?: number;
  /** When it was seen to be in order again. */
  readonly fixedAt?: IsoTimestamp;
  /** What was said of it and who looks into it, where MFA was removed. */
  readonly removal?: ShownMfaRemoval;
}

/** The alerts of one scan that have no message of their own, together. */
export interface AlertSummaryNotification {
  readonly kind: 'alert-summary';
  readonly accounts: CountedList<NotificationAccount & { readonly alarm: AlertNotification['alarm'] }>;
  readonly since: IsoTimestamp;
}

/** What was said of a removal of MFA, and who looks into it. */
export interface ShownMfaRemoval {
  readonly id: string;
  readonly state: MfaRemoval['state'];
  readonly asked: readonly SlackUserId[];
  readonly answer: {
    readonly by: SlackUserId;
    readonly at: IsoTimestamp;
    readonly reason: string | null;
    readonly untilDay: string | null;
  } | null;
  readonly acknowledged: { readonly by: SlackUserId; readonly at: IsoTimestamp } | null;
  readonly assigned: { readonly to: SlackUserId; readonly by: SlackUserId } | null;
  readonly ended: boolean;
}

/** Asks the owner whether they removed MFA. */
export interface MfaRemovalNotification {
  readonly kind: 'mfa-removal';
  readonly account: NotificationAccount;
  readonly was: Mfa;
  readonly since: IsoTimestamp;
  readonly removal: ShownMfaRemoval;
}

/** Returns a removal as messages show it. */
export function toShownMfaRemoval(removal: MfaRemoval): ShownMfaRemoval {
  const { id, state, asked, answeredBy, answeredAt, reason, untilDay, acknowledged, assigned } = removal;
  return {
    id,
    state,
    asked,
    answer:
      answeredBy && answeredAt ? { by: answeredBy, at: answeredAt.toISOString(), reason, untilDay } : null,
    acknowledged: acknowledged && { by: acknowledged.by, at: acknowledged.at.toISOString() },
    assigned: assigned && { to: assigned.to, by: assigned.by },
    ended: removal.endedAt !== null,
  };
}

/** A request to remove root credentials, for the admins or for the requester. */
export interface RemovalRequestNotification {
  readonly kind: 'removal-request';
  readonly requestId: string;
  readonly account: NotificationAccount;
  readonly requestedBy: SlackUserId;
  readonly state: RemovalState;
  readonly assignedTo: SlackUserId | null;
  readonly doneAt: IsoTimestamp | null;
  /** The copy that the requester gets. */
  readonly toRequester?: true;
  /** A follow-up: since when the request has waited. */
  readonly waitingSince?: IsoTimestamp;
}

/** Tells an owner that root cannot sign in anymore, so that there is nothing to do. */
export interface NoSignInNotification {
  readonly kind: 'no-sign-in';
  readonly account: NotificationAccount;
}

/** `no-sign-in/111122223333/U03ANA`: once for each account and owner. */
export function noSignInKey(account: AccountId, owner: SlackUserId): string {
  return `no-sign-in/${account}/${owner}`;
}

/** Returns the key of the post of a removal request. */
export function removalRequestKey(requestId: string): string {
  return `removal-request/${requestId}`;
}

/** `removal-request/ID/admin/U01SAM`: the post, where there is no channel. */
export function removalRequestAdminKey(requestId: string, admin: string): string {
  return `${removalRequestKey(requestId)}/admin/${admin}`;
}

/** `removal-request/ID/follow-up/1/U01SAM` */
export function removalFollowUpKey(requestId: string, followUp: number, recipient: string): string {
  return `${removalRequestKey(requestId)}/follow-up/${followUp}/${recipient}`;
}

/** A non-compliant account of the reader. */
export interface RemindedAccount extends NotificationAccount {
  readonly managementAccount: boolean;
  readonly mfa: Mfa;
  readonly level: Level;
  /** Policy allows no root credentials in the account. */
  readonly credentialsForbidden?: boolean;
  readonly why: string;
  /** A root credential that works without MFA; missing where there is none. */
  readonly rootCredential?: RemainingRootCredential;
  /** What to do first, in a line. */
  readonly nextStep: string;
  /** The target that it must reach next; missing where there is none. */
  readonly due?: TargetDate;
  readonly since: IsoTimestamp;
  readonly regressed: boolean;
  /** Since when others were asked to help. */
  readonly escalatedSince?: IsoTimestamp;
}

/** The day by which an account must reach a target. */
export interface TargetDate {
  readonly name: string;
  /** `2027-03-31`. */
  readonly by: string;
  readonly daysLeft: number;
}

/** Fixed after the notification was sent. */
export interface FixedAccount extends NotificationAccount {
  readonly mfa: Mfa;
  readonly at: IsoTimestamp;
}

/** An account whose owner did not answer. */
export interface EscalatedAccount extends NotificationAccount {
  readonly owner: SlackUserId;
  readonly mfa: Mfa;
  readonly why: string;
  readonly since: IsoTimestamp;
  readonly timesReminded: number;
  /** The target that it must reach next; missing where there is none. */
  readonly due?: TargetDate;
  /** How often others were asked to help before. */
  readonly escalations?: number;
  /** The owner's manager or the backup. */
  readonly contact?: SlackUserId;
}

/** What one person must do today. */
export interface ReminderNotification {
  readonly kind: 'reminder';
  /** Accounts that are still non-compliant, worst first. */
  readonly accounts: CountedList<RemindedAccount>;
  readonly counts: { readonly owned: number; readonly noncompliant: number };
  /** `0`: it cannot be snoozed again. */
  readonly snoozesLeft: number;
  /** MFA was removed from every account in it, so it cannot be snoozed. */
  readonly onlyMfaRemoved?: boolean;
  /** How long a snooze lasts. */
  readonly snoozeDays?: number;
  /** The reader has snoozed it. */
  readonly snoozedUntil?: IsoTimestamp;
  /** How often the reader was reminded before. */
  readonly earlier?: number;
  /** The next step is an escalation. */
  readonly last?: boolean;
  /** Accounts of others that are in this reader's hands now. */
  readonly escalated: CountedList<EscalatedAccount>;
  /** Keys on their way that wait for this reader. */
  readonly requests: readonly {
    readonly requestId: string;
    readonly to: 'confirm-receipt' | 'enrol' | 'second-key';
    /** When the parcel should have arrived, if its sender named a day: `2026-12-01`. */
    readonly expectedOn?: string;
    readonly accounts: readonly NotificationAccount[];
  }[];
  readonly fixed: readonly FixedAccount[];
}

/** Accounts whose owners did not answer, to the channel or, without one, to every admin. */
export interface EscalationNotification {
  readonly kind: 'escalation';
  readonly accounts: CountedList<EscalatedAccount>;
  readonly fixed: readonly FixedAccount[];
}

/** A request in the tokens channel; it is rewritten as the request goes on. */
export interface TokenRequestNotification {
  readonly kind: 'token-request';
  readonly requestId: string;
  readonly state: TokenRequest['state'];
  readonly requestedBy: SlackUserId;
  /** Who requested it and has left since: it was handed over. */
  readonly handedOverFrom?: SlackUserId;
  /** The person it is for can no longer be reached, and no present owner could take it over. */
  readonly requesterGone?: boolean;
  readonly tokenKind: TokenKind;
  readonly quantity: number;
  readonly office: string | null;
  readonly ticket?: TicketReference | null;
  readonly accounts: readonly (NotificationAccount & {
    readonly settled: 'enrolled' | 'not-needed' | null;
    readonly situation?: TokenAccountSituation;
  })[];
  /** Further open requests of the same person. */
  readonly otherOpen?: number;
  /** What is left where the keys come from; only where the company keeps a stock. */
  readonly stock?: StockLevel;
  /** When a parcel should arrive: `2026-12-01`. */
  readonly expectedOn?: string;
  readonly history: readonly TokenRequestStep[];
}

/** What an approver needs to know of an account, when the request was last updated. */
export interface TokenAccountSituation {
  readonly level: Level;
  readonly compliance: Compliance;
  readonly mfa: Mfa;
  /** An e-mail address or a Slack id; `null`: none. */
  readonly owner: string | null;
}

/** One step of a request, with what was said about it. */
export interface TokenRequestStep {
  readonly state: TokenRequest['state'];
  /** `null`: unknown. */
  readonly by: Decider | null;
  readonly at: IsoTimestamp;
  readonly note: string | null;
}

export type TokenUpdate = 'approved' | 'declined' | 'shipped' | 'received' | 'enrolled' | 'cancelled';

/** An update for the requester of a key. */
export interface TokenUpdateNotification {
  readonly kind: 'token-news';
  readonly news: TokenUpdate;
  readonly requestId: string;
  readonly tokenKind: TokenKind;
  readonly quantity: number;
  readonly accounts: readonly NotificationAccount[];
  readonly ticket?: TicketReference | null;
  readonly step: TokenRequestStep;
  /** When the parcel should arrive: `2026-12-01`. */
  readonly expectedOn?: string;
}

/** Tells the present owner of the accounts that a key request of someone who left is theirs now. */
export interface TokenHandoverNotification {
  readonly kind: 'token-handover';
  readonly requestId: string;
  readonly state: OpenTokenRequest['state'];
  readonly from: SlackUserId;
  readonly tokenKind: TokenKind;
  readonly quantity: number;
  readonly accounts: readonly NotificationAccount[];
}

/** A stalled request: a follow-up in its thread, then to every admin; its requester hears of the first. */
export interface TokenFollowUpNotification {
  readonly kind: 'token-chase';
  /** The copy that the requester gets. */
  readonly toRequester?: true;
  readonly requestId: string;
  readonly to: 'decide' | 'ship' | 'find-owner';
  readonly escalated: boolean;
  readonly requestedBy: SlackUserId;
  readonly accounts: readonly NotificationAccount[];
  readonly since: IsoTimestamp;
}

/** Asks the requester for the second of two keys, once the first is seen on root. */
export interface SecondKeyNotification {
  readonly kind: 'second-key';
  readonly requestId: string;
  readonly tokenKind: TokenKind;
  readonly accounts: readonly NotificationAccount[];
  /** A root session counts the devices of every account, so the request ends by itself. */
  readonly counted: boolean;
  /** The state of the request once nothing is asked anymore. */
  readonly closed?: TokenRequest['state'];
}

/** A request for an exemption, for the approvers; it is updated with their decision. */
export interface ExemptionRequestNotification {
  readonly kind: 'exemption-request';
  readonly exemptionId: string;
  readonly state: Exemption['state'];
  readonly account: NotificationAccount;
  readonly askedBy: SlackUserId;
  readonly reason: string;
  readonly compensatingControl: string | null;
  /** The policy that denies root, such as "SCP deny-root on /Sandbox"; left out: none was known to. */
  readonly policyControl?: string;
  /** In the company's zone: `2026-12-31`. */
  readonly lastDay: string;
  readonly decidedBy: SlackUserId | null;
  readonly decisionNote: string | null;
}

/** `unanswered`: not decided before its last day. */
export type ExemptionUpdate = 'granted' | 'declined' | 'revoked' | 'ending' | 'ended' | 'unanswered';

/** An update for the requester of an exemption. */
export interface ExemptionUpdateNotification {
  readonly kind: 'exemption-news';
  readonly news: ExemptionUpdate;
  readonly exemptionId: string;
  readonly account: NotificationAccount;
  /** In the company's zone: `2026-12-31`. */
  readonly lastDay: string;
  readonly by: SlackUserId | null;
  readonly note: string | null;
}

/** Asks a person whether they own an account. */
export interface OwnerProposalNotification {
  readonly kind: 'owner-proposal';
  readonly account: NotificationAccount;
  readonly by: SlackUserId;
  readonly note: string | null;
  /** Asked before, without an answer. */
  readonly again?: true;
  /** `withdrawn`: another person was asked. */
  readonly answer?: { readonly kind: 'accepted' | 'declined' | 'withdrawn'; readonly at: IsoTimestamp };
}

/** A person's answer, for the admin who picked them as the owner. */
export interface OwnerAnswerNotification {
  readonly kind: 'owner-answer';
  readonly account: NotificationAccount;
  readonly by: SlackUserId;
  readonly accepted: boolean;
  /** Set where they have not answered, however often they were asked. */
  readonly unansweredSince?: IsoTimestamp;
  /** Which tag or setting to correct; `null`: declined. */
  readonly correction: string | null;
}

/** A problem that an admin must fix. */
export type AdminAlertNotification =
  | {
      readonly kind: 'finding';
      readonly finding: 'account-disowned';
      readonly account: NotificationAccount;
      readonly by: SlackUserId;
      readonly reason: string;
      /** Who answers for most accounts around it. */
      readonly suggestion?: { readonly who: SlackUserId; readonly accounts: number } | null;
      /** An admin found that it is theirs after all. */
      readonly handedBack?: { readonly by: SlackUserId; readonly at: IsoTimestamp };
    }
  | {
      readonly kind: 'finding';
      /** The digest would be read by another company. */
      readonly finding: 'digest-channel-shared';
      readonly channel: string;
    }
  | {
      readonly kind: 'finding';
      readonly finding: 'scan-failed';
      readonly reason: string;
      readonly at: IsoTimestamp;
      /** When the data that is shown instead was read; `null`: there is none. */
      readonly dataFrom: IsoTimestamp | null;
      readonly resolvedAt?: IsoTimestamp;
    }
  | {
      readonly kind: 'finding';
      /** The queue of root events cannot be received from, or what it holds cannot be stored. */
      readonly finding: 'root-events-not-received';
      readonly reason: string;
      readonly since: IsoTimestamp;
      readonly resolvedAt?: IsoTimestamp;
    }
  | {
      readonly kind: 'finding';
      /** The organization stopped listing more accounts at once than close without confirmation. */
      readonly finding: 'accounts-missing';
      readonly accounts: CountedList<NotificationAccount>;
      /** How many accounts are open, these included. */
      readonly open: number;
      readonly settled?: {
        readonly outcome: 'closed' | 'listed-again';
        readonly by: SlackUserId | null;
        readonly at: IsoTimestamp;
      };
    }
  | {
      readonly kind: 'finding';
      /** A service control policy keeps owners from fixing root; they are not reminded. */
      readonly finding: 'fix-blocked';
      readonly cure: string;
      readonly accounts: CountedList<NotificationAccount>;
    }
  | {
      readonly kind: 'finding';
      /** The policy that denied root when an exemption was granted no longer does. */
      readonly finding: 'control-lost';
      readonly account: NotificationAccount;
      /** Such as "SCP deny-root on /Sandbox". */
      readonly control: string;
      /** In the company's zone: `2026-12-31`. */
      readonly exemptUntil: string;
    };

/** `digest/2026-W48`: one for each week, by the week in which it was due. */
export function digestKey({ week }: Pick<Digest, 'week'>): string {
  return `digest/${week}`;
}

/** `quiet-note/2026-W48` */
export function quietNoteKey(at: Date, zone: string): string {
  return `quiet-note/${isoWeek(at, zone)}`;
}

/** `alert/111122223333/2026-11-24T09:00:00.000Z`: one for each shortfall, however often it is seen. */
export function alertKey(account: AccountId, since: Date): string {
  return `alert/${account}/${since.toISOString()}`;
}

/** `alert-summary/2026-11-24T09:00:00.000Z`: one for each scan. */
export function alertSummaryKey(at: Date): string {
  return `alert-summary/${at.toISOString()}`;
}

/** `mfa-removal/ID/question/U03ANA`, `mfa-removal/ID/denied/C01SECURITY`, `mfa-removal/ID/assigned/U01SAM` */
export function mfaRemovalKey(
  removalId: string,
  what: 'question' | 'denied' | 'assigned',
  recipient: string,
): string {
  return `mfa-removal/${removalId}/${what}/${recipient}`;
}

/** `reminder/U03ANA/2026-11-24`: one a day, by the reader's own calendar. */
export function reminderKey(to: SlackUserId, at: Date, zone: string): string {
  return `reminder/${to}/${localDate(at, zone)}`;
}

/** `escalation/C01SECURITY/2026-11-24`: one a day to each reader. */
export function escalationKey(to: string, at: Date, zone: string): string {
  return `escalation/${to}/${localDate(at, zone)}`;
}

/** `token-request/ID` */
export function tokenRequestKey(requestId: string): string {
  return `token-request/${requestId}`;
}

/** `token-request/ID/second-key` */
export function secondKeyKey(requestId: string): string {
  return `${tokenRequestKey(requestId)}/second-key`;
}

/** `token-request/ID/handover/U04BEN`: each owner hears once that the request is theirs now. */
export function tokenHandoverKey(requestId: string, to: SlackUserId): string {
  return `${tokenRequestKey(requestId)}/handover/${to}`;
}

/** `token-request/ID/approved`. A parcel may be sent twice, and each is news. */
export function tokenUpdateKey(
  requestId: string,
  { state, at }: { state: TokenUpdate; at: IsoTimestamp },
): string {
  const key = `${tokenRequestKey(requestId)}/${state}`;
  return state === 'shipped' ? `${key}/${at}` : key;
}

/** `token-request/ID/decide/2026-11-24`: its approvers are asked once a day at most. */
export function tokenFollowUpKey(
  requestId: string,
  to: TokenFollowUpNotification['to'],
  at: Date,
  zone: string,
): string {
  return `${tokenRequestKey(requestId)}/${to}/${localDate(at, zone)}`;
}

/** `token-request/ID/decide/2026-11-24/requester` */
export function tokenFollowUpCopyKey(followUpKey: string): string {
  return `${followUpKey}/requester`;
}

/** `token-request/ID/escalated/U01SAM`: each admin is notified once. */
export function tokenEscalationKey(requestId: string, admin: SlackUserId): string {
  return `${tokenRequestKey(requestId)}/escalated/${admin}`;
}

/** `exemption/ID` */
export function exemptionKey(exemptionId: string): string {
  return `exemption/${exemptionId}`;
}

/** `exemption/ID/granted` */
export function exemptionUpdateKey(exemptionId: string, update: ExemptionUpdate): string {
  return `${exemptionKey(exemptionId)}/${update}`;
}

/** `owner/111122223333/2026-11-24T09:00:00.000Z`: an account may be proposed more than once. */
export function ownerProposalKey({
  accountId,
  proposedAt,
}: Pick<OwnerAssignment, 'accountId' | 'proposedAt'>): string {
  return `owner/${accountId}/${proposedAt.toISOString()}`;
}

/** `owner/111122223333/2026-11-24T09:00:00.000Z/again/1` */
export function ownerProposalAgainKey(
  proposal: Pick<OwnerAssignment, 'accountId' | 'proposedAt'>,
  times: number,
): string {
  return `${ownerProposalKey(proposal)}/again/${times}`;
}

export function ownerAnswerKey(proposal: Pick<OwnerAssignment, 'accountId' | 'proposedAt'>): string {
  return `${ownerProposalKey(proposal)}/answer`;
}

/** `finding/account-disowned/111122223333/2026-11-24T09:00:00.000Z`: an account may be handed back more than once. */
export function disownedAlertKey(account: AccountId, at: Date): string {
  return `finding/account-disowned/${account}/${at.toISOString()}`;
}

/** `finding/scan-failed/2026-11-24T09:00:00.000Z`: once until a scan works again. */
export function scanFailureKey(at: Date): string {
  return `finding/scan-failed/${at.toISOString()}`;
}

/** `finding/root-events-not-received/2026-11-24`: once a day at most, in UTC. */
export function rootEventFailureKey(at: Date): string {
  return `finding/root-events-not-received/${at.toISOString().slice(0, 10)}`;
}

/** `finding/accounts-missing/2026-11-24T09:00:00.000Z` */
export function missingAccountsKey(at: Date): string {
  return `finding/accounts-missing/${at.toISOString()}`;
}

/** `finding/fix-blocked/p-1234/ou-path`: once for each policy and target. */
export function fixBlockedAlertKey(policyId: string | null, target: string): string {
  return `finding/fix-blocked/${policyId ?? 'allow-list'}${target.startsWith('/') ? target : `/${target}`}`;
}

/** `finding/control-lost/ID`: once for each exemption. */
export function controlLostAlertKey(exemptionId: string): string {
  return `finding/control-lost/${exemptionId}`;
}

/** `finding/digest-channel-shared/C03SHARED/2026-W48`: said once a week while it is so. */
export function sharedChannelAlertKey(channel: string, at: Date, zone: string): string {
  return `finding/digest-channel-shared/${channel}/${isoWeek(at, zone)}`;
}
