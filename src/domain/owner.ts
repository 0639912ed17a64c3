import type { Account, DirectoryEntry } from './account.ts';
import { assignmentApplies, type OwnerAssignment } from './owner-assignment.ts';

/** Where the owner of an account is configured; the first source that names a person wins. */
export interface OwnerSources {
  /** Account tags that may hold an e-mail or a Slack user id, first one first. */
  readonly tags: readonly string[];
  /** Account id → e-mail or Slack user id. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly securityContact: boolean;
  readonly fallback?: string | undefined;
}

/** The owner of an account, as configured: an email address in lower case or a Slack user ID. */
export interface Owner {
  readonly identifier: string;
  readonly source: 'assigned' | 'config' | 'tag' | 'security-contact' | 'fallback';
}

/**
 * Returns the owner of an account: assigned in Slack, then as named by config, tags or the SECURITY contact, then the
 * fallback; `null` if none. The fallback applies only after tags and contact were read, because until then they may not
 * be empty.
 */
export function ownerOf(
  account: Pick<Account, 'id'>,
  entry: Pick<DirectoryEntry, 'tags' | 'securityContact'>,
  sources: OwnerSources,
  assignment?: Pick<OwnerAssignment, 'identifier' | 'replaces' | 'confirmedAt'>,
): Owner | null {
  const named = namedOwnerOf(account, entry, sources);
  if (assignment && assignmentApplies(assignment, named?.identifier ?? null, entry.tags !== null)) {
    return { identifier: assignment.identifier, source: 'assigned' };
  }
  if (named) return named;
  const fallback = entry.tags === null ? undefined : parsePerson(sources.fallback);
  return fallback ? { identifier: fallback, source: 'fallback' } : null;
}

/** Returns the owner that config, tags or the SECURITY contact name; `null` if none. */
export function namedOwnerOf(
  account: Pick<Account, 'id'>,
  { tags, securityContact }: Pick<DirectoryEntry, 'tags' | 'securityContact'>,
  sources: OwnerSources,
): Owner | null {
  const configured = Object.hasOwn(sources.accounts, account.id) ? sources.accounts[account.id] : undefined;
  const tagged = firstPerson(tags, sources.tags);
  const contact = sources.securityContact ? parsePerson(securityContact) : undefined;

  if (parsePerson(configured)) return { identifier: parsePerson(configured) as string, source: 'config' };
  if (tagged) return { identifier: tagged, source: 'tag' };
  if (contact) return { identifier: contact, source: 'security-contact' };
  return null;
}

/** Returns what to correct so that AWS or the configuration names the assigned owner, in a sentence. */
export function ownerCorrection(
  { accountId, identifier, replaces }: Pick<OwnerAssignment, 'accountId' | 'identifier' | 'replaces'>,
  tags: Readonly<Record<string, string>> | null,
  sources: OwnerSources,
): string {
  const configured = Object.hasOwn(sources.accounts, accountId);
  const wrongTag = sources.tags.find((tag) => replaces !== null && parsePerson(tags?.[tag]) === replaces);
  const tag = wrongTag ?? sources.tags[0];
  return configured || tag === undefined
    ? `In the configuration, set owners.accounts for ${accountId} to ${identifier}.`
    : `In AWS, set the tag “${tag}” of account ${accountId} to ${identifier}.`;
}

/** Returns the owner's manager, as a tag of the account names them; undefined if none does. */
export function managerOf(
  { tags }: Pick<DirectoryEntry, 'tags'>,
  { managerTags }: { readonly managerTags: readonly string[] },
): string | undefined {
  return firstPerson(tags, managerTags);
}

function firstPerson(tags: DirectoryEntry['tags'], keys: readonly string[]): string | undefined {
  return keys.flatMap(
    (key) => parsePerson(tags && Object.hasOwn(tags, key) ? tags[key] : undefined) ?? [],
  )[0];
}

const EMAIL = /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/;
const SLACK_USER = /^[UW][A-Z0-9]{5,}$/;

/** Whether a text names a person by e-mail or Slack user id. */
export function isPersonIdentifier(text: string): boolean {
  return parsePerson(text) !== undefined;
}

function parsePerson(text: string | null | undefined): string | undefined {
  const trimmed = text?.trim() ?? '';
  if (SLACK_USER.test(trimmed)) return trimmed;
  return EMAIL.test(trimmed) ? trimmed.toLowerCase() : undefined;
}
