import type { AccountId } from '../../src/domain/account.ts';
import type { PolicyLevel } from '../../src/domain/guardrails/evaluate.ts';
import { type Guardrails, judgeGuardrails } from '../../src/domain/guardrails/guardrails.ts';
import { parsePolicyDocument } from '../../src/domain/guardrails/policy-document.ts';
import { FULL_ACCESS } from '../domain/guardrails/published-policies.ts';

/** What a policy on an org unit means for an account; without a policy there is full access alone. */
export function guardrailsUnder(
  id: AccountId,
  { name = 'deny-root', content, target = '/Sandbox' }: { name?: string; content?: string; target?: string },
): Guardrails {
  const policy = (policyName: string, text: string) => ({
    id: `p-${policyName}`,
    name: policyName,
    document: parsePolicyDocument(text),
  });
  const levels: PolicyLevel[] = [
    {
      target,
      policies: [policy('FullAWSAccess', FULL_ACCESS), ...(content ? [policy(name, content)] : [])],
    },
  ];
  return judgeGuardrails(
    { id, partition: 'aws', managementAccount: false },
    levels,
    `arn:aws:iam::${id}:role/RootMfaReader`,
  );
}
