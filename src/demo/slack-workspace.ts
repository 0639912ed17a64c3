import { fileURLToPath } from 'node:url';
import type { LocalSlackOptions } from '@root-mfa-bot/local-slack';
import type { Company } from './company.ts';

const MANIFEST = fileURLToPath(new URL('../../manifest.yml', import.meta.url));

/** The company's Slack: its people, its channels, and the bot where it belongs. */
export function localSlackOptions({
  name,
  teamId,
  people,
  channels,
  accounts,
}: Company): Pick<LocalSlackOptions, 'manifest' | 'app' | 'team' | 'people' | 'channels' | 'botIn'> {
  const owners = new Set(accounts.map(({ ownerEmail }) => ownerEmail));
  return {
    manifest: MANIFEST,
    app: { appId: 'A0ROOTMFA', botId: 'B0ROOTMFA', botUserId: 'U0ROOTMFA' },
    team: { id: teamId, name, domain: 'example' },
    people: people.map(({ id, name: called, email, job, admin, kind, teamId: team, timezone, status }) => ({
      id,
      name: called,
      email,
      job,
      role: admin ? 'Admin' : owners.has(email) ? 'Account owner' : undefined,
      kind,
      teamId: team,
      timezone,
      status: status && { text: status.text, emoji: status.emoji },
    })),
    channels: channels.map(({ id, name: called, externallyShared }) => ({
      id,
      name: called,
      externallyShared,
      topic: TOPICS[called],
    })),
    botIn: channels.filter(({ name: called }) => called.startsWith('security')).map(({ id }) => id),
  };
}

const TOPICS: Readonly<Record<string, string>> = {
  security: 'Where the weekly digest goes',
  'security-keys': 'Requests for hardware keys',
  'shared-with-partner': 'Shared with another company: the bot says nothing here',
};
