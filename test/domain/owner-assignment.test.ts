import { describe, expect, test } from '@jest/globals';
import { accountId } from '../../src/domain/account.ts';
import { type OwnerSources, ownerCorrection, ownerOf } from '../../src/domain/owner.ts';

const account = { id: accountId('111122223333') };
const sources: OwnerSources = { tags: ['owner', 'contact'], accounts: {}, securityContact: false };
const tagged = (tags: Record<string, string> | null) => ({ tags, securityContact: null });
const assigned = {
  accountId: account.id,
  identifier: 'dev@example.com',
  replaces: 'ben@example.com',
  confirmedAt: new Date('2026-11-24T09:00:00Z'),
};
const ownerWith = (
  tags: Record<string, string> | null,
  over: Partial<typeof assigned | { confirmedAt: null }> = {},
) => ownerOf(account, tagged(tags), sources, { ...assigned, ...over });

describe('an owner picked in Slack', () => {
  test('wins over the tag that named the earlier owner', () => {
    expect(ownerWith({ owner: 'Ben@example.com' })).toEqual({
      identifier: 'dev@example.com',
      source: 'assigned',
    });
  });

  test('gives way once the tag names another person', () => {
    expect(ownerWith({ owner: 'emi@example.com' })).toEqual({ identifier: 'emi@example.com', source: 'tag' });
    expect(ownerWith({})).toBeNull();
  });

  test('stays while tags could not be read', () => {
    expect(ownerWith(null)).toMatchObject({ source: 'assigned' });
  });

  test('is not the owner before they confirm', () => {
    expect(ownerWith({ owner: 'ben@example.com' }, { confirmedAt: null })).toMatchObject({ source: 'tag' });
  });
});

describe('the correction', () => {
  test('names the tag that is wrong', () => {
    expect(ownerCorrection(assigned, { owner: 'team-a', contact: 'ben@example.com' }, sources)).toBe(
      'In AWS, set the tag “contact” of account 111122223333 to dev@example.com.',
    );
  });

  test('names the first tag where none was set', () => {
    expect(ownerCorrection({ ...assigned, replaces: null }, {}, sources)).toMatch(/tag “owner”/);
  });

  test('names the configuration where that names the owner', () => {
    const configured = { ...sources, accounts: { [account.id]: 'ben@example.com' } };

    expect(ownerCorrection(assigned, {}, configured)).toMatch(/owners\.accounts/);
  });
});
