import { remainingRootCredential } from '../../../domain/remediation.ts';
import { UNKNOWN_REASONS, unknownReasonOf, unknownText } from '../../../domain/unknown-reason.ts';
import type { AccountView } from '../../../usecases/shared/account-view.ts';
import { type Markup, md } from './blocks.ts';
import { COMPLIANCE_TEXT, MFA_TEXT } from './wording.ts';

type StatusView = Pick<AccountView, 'account' | 'compliance'>;

/**
 * Returns the colored mark of an account: red without MFA, orange with the wrong kind or a root access key, blue if it
 * could not be checked. The text beside it says the same.
 */
export function statusMark(view: StatusView): Markup {
  return { markup: emojiOf(view) };
}

function emojiOf({ account, compliance }: StatusView): string {
  if (compliance === 'noncompliant' && account.verdict?.level1 === 'pass') return ':large_orange_circle:';
  const isGreen = compliance === 'compliant' || compliance === 'not_applicable';
  return isGreen && remainingRootKey({ account }) !== undefined
    ? ':large_orange_circle:'
    : COMPLIANCE_TEXT[compliance].emoji;
}

/** Returns the root credential that works without MFA, as last seen; undefined if there is none. */
export function remainingRootKey({ account: { verdict, readFailure } }: Pick<AccountView, 'account'>) {
  return verdict && readFailure === null ? remainingRootCredential(verdict) : undefined;
}

/** Returns why an account could not be checked, or what protects its root user: the same on every screen. */
export function stateText({
  account,
  compliance,
  policyCure,
}: StatusView & Pick<AccountView, 'policyCure'>): string {
  return compliance === 'unknown'
    ? unknownText(account, policyCure)
    : MFA_TEXT[account.verdict?.mfa ?? 'unknown'];
}

/** Returns the same in a few words, for tables and lines. */
export function shortStateText({ account, compliance }: StatusView): string {
  return compliance === 'unknown'
    ? UNKNOWN_REASONS[unknownReasonOf(account)].short
    : MFA_TEXT[account.verdict?.mfa ?? 'unknown'];
}

/** Returns a note about a root access key or certificate; undefined if there is none. */
export function rootKeyNote(view: Pick<AccountView, 'account'>): Markup | undefined {
  const key = remainingRootKey(view);
  return key === undefined ? undefined : md`:key: root has ${key}`;
}
