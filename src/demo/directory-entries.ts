import type { SimulatedOrganization } from '../../packages/aws-simulator/src/organization.ts';
import type { AccountId, DirectoryEntry } from '../domain/account.ts';

/** What the bot would read of the directory at its leisure, all at once: the quotas of AWS are no part of the story. */
export function directoryOf({
  accounts,
}: SimulatedOrganization): { readonly id: AccountId; readonly entry: DirectoryEntry }[] {
  return accounts.map(({ id, orgUnit, tags, contacts }) => ({
    id,
    entry: { orgUnit, tags, securityContact: contacts.SECURITY?.email ?? null },
  }));
}
