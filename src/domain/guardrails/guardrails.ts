import type { Mfa } from '../verdict.ts';
import { anyFinding, type Finding, isBlocked, isDeniedEverything, type PolicyLevel } from './evaluate.ts';
import {
  type PolicySubject,
  type RequestContext,
  roleContext,
  rootArn,
  rootContext,
  rootSessionContext,
  withIamRequest,
} from './request-context.ts';

/** What the organization's service control policies mean for one account's root user, as far as it matters here. */
export interface Guardrails {
  /** Root can sign in and do nothing that matters. It can still sign in, so this never makes a verdict better. */
  readonly deniesRoot: Finding;
  /** The bot's root session is refused what it reads. */
  readonly blocksRootSession: Finding;
  /** The bot's role in the account is refused what it reads. */
  readonly blocksMemberRole: Finding;
  /** Root cannot register an MFA device. */
  readonly blocksAddingMfa: Finding;
  /** Root cannot remove one, as when a key has replaced an authenticator app. */
  readonly blocksRemovingMfa: Finding;
}

const UNAFFECTED: Finding = { answer: 'no', reasons: [] };

/** Guardrails of an account that no service control policy binds: the management account, or none is enabled. */
export const NO_GUARDRAILS: Guardrails = {
  deniesRoot: UNAFFECTED,
  blocksRootSession: UNAFFECTED,
  blocksMemberRole: UNAFFECTED,
  blocksAddingMfa: UNAFFECTED,
  blocksRemovingMfa: UNAFFECTED,
};

/** Returns what the policies on the way to an account mean for its root user, for the bot and for the owner's fix. */
export function judgeGuardrails(
  account: PolicySubject & { readonly managementAccount: boolean },
  levels: readonly PolicyLevel[],
  memberRoleArn: string,
): Guardrails {
  if (account.managementAccount) return NO_GUARDRAILS;

  const root = rootContext(account);
  const blocks = (context: RequestContext, actions: readonly IamAction[]) =>
    anyFinding(
      actions.map(({ action, onRoot }) =>
        isBlocked(
          { action, resource: onRoot ? rootArn(account) : '*', context: withIamRequest(context, account) },
          levels,
        ),
      ),
    );
  return {
    deniesRoot: isDeniedEverything(root, levels),
    blocksRootSession: blocks(rootSessionContext(account), [SUMMARY, OWN_DEVICES]),
    blocksMemberRole: blocks(roleContext(account, memberRoleArn), [SUMMARY, VIRTUAL_DEVICES]),
    blocksAddingMfa: blocks(root, [ADD_DEVICE]),
    blocksRemovingMfa: blocks(root, [REMOVE_DEVICE]),
  };
}

/** A policy that denies root, as a compensating control. */
export interface PolicyControl {
  readonly id: string;
  readonly name: string;
  readonly target: string;
}

/** Returns the policy that surely denies root, or null. */
export function policyControlIn({ deniesRoot }: Pick<Guardrails, 'deniesRoot'>): PolicyControl | null {
  if (deniesRoot.answer !== 'yes') return null;
  const reason = deniesRoot.reasons.find(({ policy }) => policy !== null);
  return reason?.policy ? { ...reason.policy, target: reason.target } : null;
}

/** Returns whether the policies keep root from what its owner must do, given what protects root today. */
export function blocksFix(
  guardrails: Pick<Guardrails, 'blocksAddingMfa' | 'blocksRemovingMfa'>,
  mfa: Mfa,
): Finding {
  const { blocksAddingMfa, blocksRemovingMfa } = guardrails;
  if (mfa === 'none') return blocksAddingMfa;
  // A key replaces the app: it is added first, and the app removed afterwards.
  if (mfa === 'virtual') return anyFinding([blocksAddingMfa, blocksRemovingMfa]);
  if (mfa === 'mixed') return blocksRemovingMfa;
  return UNAFFECTED;
}

interface IamAction {
  readonly action: string;
  readonly onRoot: boolean;
}

const SUMMARY: IamAction = { action: 'iam:GetAccountSummary', onRoot: false };
const OWN_DEVICES: IamAction = { action: 'iam:ListMFADevices', onRoot: true };
const VIRTUAL_DEVICES: IamAction = { action: 'iam:ListVirtualMFADevices', onRoot: false };
// A security key or token needs no more; an app needs a virtual device too, and is no fix where hardware is required.
const ADD_DEVICE: IamAction = { action: 'iam:EnableMFADevice', onRoot: true };
const REMOVE_DEVICE: IamAction = { action: 'iam:DeactivateMFADevice', onRoot: true };
