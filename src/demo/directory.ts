import type { DirectoryReading } from '../store/accounts.ts';
import type { SimulatedOrganization } from './aws/organization.ts';

/** What the bot would read of the directory at its leisure, all at once: the quotas of AWS are no part of the story. */
export function directoryOf({ accounts }: SimulatedOrganization): DirectoryReading[] {
  return accounts.map(({ id, orgUnit, tags, contacts }) => ({
    id,
    entry: { orgUnit, tags, securityContact: contacts.SECURITY?.email ?? null },
  }));
}
