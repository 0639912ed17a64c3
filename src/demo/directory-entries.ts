import type { SimulatedOrganization } from '../../packages/aws-simulator/src/organization.ts';
import type { Account, AccountId, DirectoryEntry } from '../domain/account.ts';
import type { PolicyLevel, ServiceControlPolicy } from '../domain/guardrails/evaluate.ts';
import { judgeGuardrails } from '../domain/guardrails/guardrails.ts';
import { parsePolicyDocument } from '../domain/guardrails/policy-document.ts';

/** What the bot would read of the directory at its leisure, all at once: the quotas of AWS are no part of the story. */
export function directoryOf(
  organization: SimulatedOrganization,
): { readonly id: AccountId; readonly entry: DirectoryEntry }[] {
  const policyLevels = createPolicyLevels(organization);
  return organization.accounts.map(({ id, orgUnit, tags, contacts }) => {
    const { partition, managementAccountId } = organization;
    const account: Pick<Account, 'id' | 'partition' | 'managementAccount'> = {
      id,
      partition,
      managementAccount: id === managementAccountId,
    };
    const memberRoleArn = `arn:${partition}:iam::${id}:role/RootMfaReader`;
    const guardrails = judgeGuardrails(account, policyLevels(id), memberRoleArn);
    return { id, entry: { orgUnit, tags, securityContact: contacts.SECURITY?.email ?? null, guardrails } };
  });
}

function createPolicyLevels(organization: SimulatedOrganization): (id: AccountId) => PolicyLevel[] {
  const parsed = new Map<string, ServiceControlPolicy>(
    organization.policies.all.map(({ id, name, content }) => [
      id,
      { id, name, document: parsePolicyDocument(JSON.stringify(content)) },
    ]),
  );
  const { byId } = organization.orgUnits;
  return (accountId) =>
    organization.policyTargetsOf(accountId).map((targetId) => ({
      target: byId.get(targetId)?.path ?? targetId,
      policies: organization.policies.attachedTo(targetId).flatMap(({ id }) => parsed.get(id) ?? []),
    }));
}
