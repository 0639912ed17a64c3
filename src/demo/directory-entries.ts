import type { SimulatedOrganization } from '@root-mfa-bot/aws-simulator';
import { type Account, type AccountId, accountId, type DirectoryEntry } from '../domain/account.ts';
import type { PolicyLevel, ServiceControlPolicy } from '../domain/guardrails/evaluate.ts';
import { judgeGuardrails } from '../domain/guardrails/guardrails.ts';
import { parsePolicyDocument } from '../domain/guardrails/policy-document.ts';
import { READER_ROLE } from './roles.ts';

/** What the bot would read of the directory at its leisure, all at once: the quotas of AWS are no part of the story. */
export function directoryOf(
  organization: SimulatedOrganization,
): { readonly id: AccountId; readonly entry: DirectoryEntry }[] {
  const policyLevels = createPolicyLevels(organization);
  return organization.accounts.map(({ id: idText, orgUnit, tags, contacts }) => {
    const id = accountId(idText);
    const { partition, managementAccountId } = organization;
    const account: Pick<Account, 'id' | 'partition' | 'managementAccount'> = {
      id,
      partition,
      managementAccount: id === managementAccountId,
    };
    const memberRoleArn = `arn:${partition}:iam::${id}:role/${READER_ROLE.name}`;
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
  return (id) =>
    organization.policyTargetsOf(id).map((targetId) => ({
      target: byId.get(targetId)?.path ?? targetId,
      policies: organization.policies.attachedTo(targetId).flatMap(({ id }) => parsed.get(id) ?? []),
    }));
}
