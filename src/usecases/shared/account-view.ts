import type { Config } from '../../config/config.ts';
import { attestedUntil } from '../../domain/attestation.ts';
import { type Compliance, complianceOf } from '../../domain/compliance.ts';
import {
  type RequestedExemption as AskedExemption,
  exemptUntil,
  type GrantedExemption,
  lastDayOf,
} from '../../domain/exemption.ts';
import type { Finding } from '../../domain/guardrails/evaluate.ts';
import { cureForBot } from '../../domain/guardrails/explain.ts';
import { blocksFix, type Guardrails } from '../../domain/guardrails/guardrails.ts';
import { type Owner, ownerCorrection, ownerOf } from '../../domain/owner.ts';
import type { OwnerAssignment } from '../../domain/owner-assignment.ts';
import { type Requirement, requirementFor } from '../../domain/policy.ts';
import type { OpenRecovery } from '../../domain/recovery-window.ts';
import type { KnownAccount } from '../../domain/scan.ts';
import { nextTargetOf, type Target } from '../../domain/target.ts';
import type { OpenTokenRequest } from '../../domain/token-request.ts';
import { type LevelResult, level2Under, type RootCredentials } from '../../domain/verdict.ts';
import type { Decisions } from '../../store/decision-cache.ts';

/** One account as people see it: evidence, required level, decisions and current compliance. */
export interface AccountView {
  readonly account: KnownAccount;
  /** Named by a tag, a setting or in Slack, or the configured fallback. */
  readonly owner: Owner | null;
  /** The owner picked in Slack, whether or not confirmed. */
  readonly ownerAssignment?: OwnerAssignment | null;
  /** Which tag or setting still names another owner, in a sentence; `null`: none. */
  readonly ownerCorrection?: string | null;
  readonly required: Requirement;
  readonly compliance: Compliance;
  /** `unknown` until the first verdict, and while the last one is no longer current. */
  readonly level1: LevelResult;
  /** Root had MFA and lost it, and has none since. */
  readonly mfaRemoved: boolean;
  /** By the proof that the policy asks of this account. */
  readonly level2: LevelResult;
  /** `unknown` in the same cases as the levels. */
  readonly rootCredentials: RootCredentials;
  /** An exemption that is requested or granted, and not closed. */
  readonly exemption: AskedExemption | GrantedExemption | null;
  /** The last day of that exemption, by the company's calendar: `2026-12-31`. */
  readonly exemptionLastDay?: string;
  /** A recovery window that is requested or open, and has not ended; `null` or left out: none. */
  readonly recoveryWindow?: OpenRecovery | null;
  /** What service control policies mean for root; `null`: not read, or not checked. */
  readonly guardrails: Guardrails | null;
  /** The directory was read, and the policies of the organization could not be. */
  readonly policiesUnread: boolean;
  /** Which policy keeps the bot out and what to change, in a sentence; `null`: none is known to. */
  readonly policyCure: string | null;
  /** The policies that keep the owner of a non-compliant account from fixing it; `null`: none surely does. */
  readonly fixBlocked: Finding | null;
  /** The target that it must reach next; absent if it has reached all of its targets. */
  readonly nextTarget?: Target;
  /** A hardware key on its way to this account. */
  readonly tokenRequest: OpenTokenRequest | null;
}

/** What views of accounts are made from, besides the account. */
export interface AccountViewInputs {
  readonly config: Config;
  readonly decisions: Decisions;
}

/** Returns the account as people see it. A verdict that could not be refreshed is shown, but counts as unknown. */
export function accountView(
  account: KnownAccount,
  { config, decisions }: AccountViewInputs,
  at: Date,
): AccountView {
  const required = requirementFor(account, account, config.policy);
  const ownerAssignment = decisions.ownerAssignments.get(account.id) ?? null;
  const owner = ownerOf(account, account, config.owners, ownerAssignment ?? undefined);
  const openExemption = decisions.exemptions.get(account.id);
  const exemption = openExemption && openExemption.endsAt > at ? openExemption : null;
  const openWindow = decisions.recoveryWindows.get(account.id);
  const tokenRequest = decisions.tokenRequests.get(account.id) ?? null;
  const exemptionLastDay = exemption && lastDayOf(exemption, config.schedule.timezone);
  const guardrails = config.guardrails.check === 'off' ? null : account.guardrails;
  const common = {
    account,
    owner,
    ownerAssignment,
    ownerCorrection:
      ownerAssignment && owner?.source === 'assigned'
        ? ownerCorrection(ownerAssignment, account.tags, config.owners)
        : null,
    required,
    exemption,
    tokenRequest,
    recoveryWindow: openWindow && openWindow.endsAt > at ? openWindow : null,
    guardrails,
    policiesUnread: config.guardrails.check === 'auto' && arePoliciesUnread(account),
    mfaRemoved: decisions.mfaRemovals.has(account.id),
    policyCure: (guardrails && cureForBot(guardrails, config.aws)) ?? null,
    ...(exemptionLastDay && { exemptionLastDay }),
  };

  const current = account.readFailure === null ? account.verdict : null;
  if (current === null) return withNextTarget({ ...common, ...NOT_CURRENT }, config);

  const attestation = decisions.attestations.get(account.id);
  const complianceInputs = {
    exemptUntil: exemption ? exemptUntil([exemption], at) : undefined,
    attestedUntil: attestation ? attestedUntil([attestation], at) : undefined,
  };
  const compliance = complianceOf(current, required, complianceInputs, at);
  const blocked = guardrails && compliance === 'noncompliant' ? blocksFix(guardrails, current.mfa) : null;
  return withNextTarget(
    {
      ...common,
      compliance,
      fixBlocked: blocked?.answer === 'yes' ? blocked : null,
      level1: current.level1,
      level2: level2Under(required.proof, current, complianceInputs.attestedUntil !== undefined),
      rootCredentials: current.rootCredentials,
    },
    config,
  );
}

function withNextTarget(view: AccountView, { targets }: Pick<Config, 'targets'>): AccountView {
  const nextTarget = nextTargetOf(targets, view);
  return nextTarget ? { ...view, nextTarget } : view;
}

function arePoliciesUnread({ state, directoryReadAt, guardrails }: KnownAccount): boolean {
  return state !== null && directoryReadAt !== null && guardrails === null;
}

const NOT_CURRENT = {
  compliance: 'unknown',
  level1: 'unknown',
  level2: 'unknown',
  rootCredentials: 'unknown',
  fixBlocked: null,
} as const;
