import type { Core } from '../core.ts';
import { asText, type Json } from '../json.ts';
import { currentStatus, type SlackPerson, type UserGroupSeed, zoneOffset } from '../people.ts';
import { SlackError } from '../slack-error.ts';
import { type Methods, page } from '../web-api-method.ts';

/** `users.*` and `usergroups.*`: who is who. */
export const userMethods: Methods = {
  'users.info': {
    scope: ['users:read'],
    tier: 'tier4',
    handler: (args, core) => ({ user: userJson(findPerson(args, core), core) }),
  },

  'users.list': {
    scope: ['users:read'],
    tier: 'tier2',
    handler: (args, core) => {
      const members = [...core.workspace.people.values(), botPerson(core)];
      const { items, next } = page(members, args, 1000, 1000);
      return {
        members: items.map((person) => userJson(person, core)),
        cache_ts: Math.floor(core.workspace.now().getTime() / 1000),
        response_metadata: { next_cursor: next },
      };
    },
  },

  'users.lookupByEmail': {
    scope: ['users:read.email'],
    tier: 'tier3',
    handler: (args, core) => {
      const email = asText(args['email']).toLowerCase();
      // Slack does not find deactivated accounts by email.
      const person = [...core.workspace.people.values()].find(
        (one) => one.email?.toLowerCase() === email && one.kind !== 'deactivated',
      );
      if (!person) throw new SlackError('users_not_found');
      return { user: userJson(person, core) };
    },
  },

  'users.profile.get': {
    scope: ['users.profile:read'],
    tier: 'tier4',
    handler: (args, core) => ({ profile: profileJson(findPerson(args, core), core) }),
  },

  'usergroups.list': {
    scope: ['usergroups:read'],
    tier: 'tier2',
    handler: (args, core) => ({
      usergroups: [...core.workspace.userGroups.values()].map((group) => groupJson(group, args, core)),
    }),
  },

  'usergroups.users.list': {
    scope: ['usergroups:read'],
    tier: 'tier2',
    handler: (args, core) => {
      const group = core.workspace.userGroups.get(asText(args['usergroup']));
      if (!group) throw new SlackError('no_such_subteam');
      return { users: group.members };
    },
  },

  'bots.info': {
    scope: ['users:read'],
    tier: 'tier3',
    handler: (args, core) => {
      if (args['bot'] !== core.workspace.app.botId) throw new SlackError('bot_not_found');
      const { botName } = core.workspace.manifest;
      return {
        bot: {
          id: core.workspace.app.botId,
          deleted: false,
          name: botName,
          app_id: core.workspace.app.appId,
          user_id: core.workspace.app.botUserId,
        },
      };
    },
  },
};

function groupJson({ id, handle, name, members }: UserGroupSeed, args: Json, core: Core): Json {
  return {
    id,
    team_id: core.workspace.team.id,
    is_usergroup: true,
    name,
    handle,
    description: '',
    is_external: false,
    date_delete: 0,
    user_count: members.length,
    ...(String(args['include_users']) === 'true' && { users: members }),
  };
}

function findPerson(args: Json, core: Core): SlackPerson {
  const id = asText(args['user']) || core.workspace.app.botUserId;
  const person = id === core.workspace.app.botUserId ? botPerson(core) : core.workspace.people.get(id);
  if (!person) throw new SlackError('user_not_found');
  return person;
}

function botPerson(core: Core): SlackPerson {
  const { manifest, team } = core.workspace;
  return {
    id: core.workspace.app.botUserId,
    name: manifest.botName,
    handle: manifest.botName,
    email: null,
    title: '',
    role: null,
    kind: 'member',
    teamId: team.id,
    teamName: team.name,
    tz: 'Etc/UTC',
    status: null,
  };
}

/** Returns a person in Slack's format. The email needs its own scope; an external person has a shorter profile. */
export function userJson(person: SlackPerson, core: Core): Json {
  const now = core.workspace.now();
  const isBot = person.id === core.workspace.app.botUserId;
  return {
    id: person.id,
    team_id: person.teamId,
    name: person.handle,
    real_name: person.name,
    deleted: person.kind === 'deactivated',
    tz: person.tz,
    tz_label: person.tz,
    tz_offset: zoneOffset(person.tz, now),
    profile: profileJson(person, core),
    is_bot: isBot,
    is_app_user: false,
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.kind === 'guest',
    is_ultra_restricted: false,
    is_stranger: person.kind === 'external',
    updated: Math.floor(now.getTime() / 1000),
  };
}

function profileJson(person: SlackPerson, core: Core): Json {
  const status = currentStatus(person, core.workspace.now());
  const canReadEmail = core.workspace.manifest.botScopes.includes('users:read.email');
  return {
    real_name: person.name,
    real_name_normalized: person.name,
    display_name: person.handle,
    display_name_normalized: person.handle,
    title: person.title,
    status_text: status?.text ?? '',
    status_emoji: status?.emoji ?? '',
    status_expiration: status?.until ? Math.floor(status.until.getTime() / 1000) : 0,
    team: person.teamId,
    ...(person.id === core.workspace.app.botUserId && {
      api_app_id: core.workspace.app.appId,
      bot_id: core.workspace.app.botId,
    }),
    ...(canReadEmail && person.email && { email: person.email }),
  };
}
