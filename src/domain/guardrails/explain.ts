import type { Finding, Reason } from './evaluate.ts';
import type { Guardrails, PolicyControl } from './guardrails.ts';

/** `Sid` of the statement of Control Tower's control "Disallow actions as a root user". */
const CONTROL_TOWER_DENY_ROOT = 'GRRESTRICTROOTUSER';

/** How the bot gets into accounts. */
export interface BotAccess {
  readonly memberRole: string;
  readonly rootSessions: 'auto' | 'never';
}

/** Returns where a policy is attached, for a sentence. Names of org units are untrusted text. */
export function targetText(target: string): string {
  if (target === '/') return 'the organization root';
  return target.startsWith('/') ? target : `account ${target}`;
}

/** Returns a policy and its target, such as "SCP deny-root on /Sandbox". Untrusted text. */
export function policyText({ policy, target }: Pick<Reason, 'policy' | 'target'>): string {
  return policy ? `SCP ${policy.name} on ${targetText(target)}` : `The SCPs on ${targetText(target)}`;
}

/** Returns in one sentence why the bot cannot read an account and what to change, or undefined if no policy is why. */
export function cureForBot(
  { blocksRootSession, blocksMemberRole }: Pick<Guardrails, 'blocksRootSession' | 'blocksMemberRole'>,
  { memberRole, rootSessions }: BotAccess,
): string | undefined {
  const session = rootSessions === 'never' ? undefined : decisive(blocksRootSession);
  if (session) return rootSessionCure(session);
  const role = decisive(blocksMemberRole);
  return role && memberRoleCure(role, memberRole);
}

/** Returns why root cannot do what its owner was asked for, and what an admin can change. Untrusted text. */
export function cureForFix({ reasons }: Finding): string {
  const [reason] = reasons;
  if (!reason) return '';
  const [denies, change] = reason.policy
    ? ['denies it to root', 'Exempt']
    : ['do not allow it to root', 'Allow'];
  return (
    `The owner cannot change root's MFA: ${policyText(reason)} ${denies}. ` +
    `${change} iam:EnableMFADevice and iam:DeactivateMFADevice there, or remove the root credentials instead.`
  );
}

/** Returns a policy that is a compensating control, such as "SCP deny-root on /Sandbox". Untrusted text. */
export function policyControlText({ id, name, target }: PolicyControl): string {
  return policyText({ policy: { id, name }, target });
}

/** Returns in a sentence whether policies deny root, or undefined where no policy bears on it. Untrusted text. */
export function rootDenialText({ deniesRoot }: Pick<Guardrails, 'deniesRoot'>): string | undefined {
  const { answer, reasons } = deniesRoot;
  const [first] = reasons;
  if (!first) return undefined;
  switch (answer) {
    case 'yes':
      return `${policyText(first)} denies root. Root can still sign in, so MFA is still required.`;
    case 'no':
      return `${policyText(first)} denies root everything but ${first.except.join(', ')}: not a full deny.`;
    case 'cannot_tell':
      return `Cannot tell whether root is denied: ${unclearText(first)}.`;
  }
}

function unclearText(reason: Reason): string {
  switch (reason.kind) {
    case 'unreadable':
      return `${policyText(reason)} could not be read`;
    case 'not_listed':
      return `the SCPs on ${targetText(reason.target)} could not be listed`;
    default: {
      const statement = reason.statement ? ` (statement ${reason.statement})` : '';
      return `${policyText(reason)} has a condition that depends on the request${statement}`;
    }
  }
}

function decisive({ answer, reasons }: Finding): Reason | undefined {
  return answer === 'yes' ? reasons[0] : undefined;
}

function rootSessionCure(reason: Reason): string {
  const where = targetText(reason.target);
  if (!reason.policy) {
    return `The SCPs on ${where} do not allow root sessions to read: allow iam:GetAccountSummary and iam:ListMFADevices.`;
  }
  if (reason.statement === CONTROL_TOWER_DENY_ROOT) {
    return (
      `The Control Tower control AWS-GR_RESTRICT_ROOT_USER on ${where} denies root sessions (SCP ` +
      `${reason.policy.name}): enable it again for this OU with the parameter ExemptAssumeRoot.`
    );
  }
  const statement = reason.statement ? `its statement ${reason.statement}` : 'its statement';
  return (
    `${policyText(reason)} denies root sessions: add the condition "Null": {"aws:AssumedRoot": "true"} ` +
    `to ${statement}.`
  );
}

function memberRoleCure(reason: Reason, memberRole: string): string {
  if (!reason.policy) {
    const where = targetText(reason.target);
    return (
      `The SCPs on ${where} do not allow the role ${memberRole} to read: ` +
      'allow iam:GetAccountSummary and iam:ListVirtualMFADevices.'
    );
  }
  const pattern = `arn:*:iam::*:role/${memberRole}`;
  const exemption = isControlTower(reason)
    ? `add ${pattern} to the parameter ExemptedPrincipalArns of its control`
    : `add the condition "ArnNotLike": {"aws:PrincipalArn": "${pattern}"}`;
  return `${policyText(reason)} denies the role ${memberRole}: ${exemption}.`;
}

function isControlTower({ policy, statement }: Reason): boolean {
  return policy?.name.startsWith('aws-guardrails-') === true || statement?.startsWith('GR') === true;
}
