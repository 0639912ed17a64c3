import type { Core } from '../core.ts';
import { asText, type Json } from '../json.ts';
import { messageJson } from '../message-content.ts';
import { PARTNER_TEAM } from '../people.ts';
import { SlackError } from '../slack-error.ts';
import { findConversation, type Methods, page, parseFlag, scopeByKind } from '../web-api-method.ts';
import type { StoredConversation } from '../workspace.ts';

const KINDS = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
} as const;

function parseTypes(args: Json): (keyof typeof KINDS)[] {
  const kinds = (asText(args['types']) || 'public_channel').split(',').map((kind) => kind.trim());
  for (const kind of kinds) if (!Object.hasOwn(KINDS, kind)) throw new SlackError('invalid_types');
  return kinds as (keyof typeof KINDS)[];
}

function kindOf({ kind, private: hidden }: StoredConversation): keyof typeof KINDS {
  if (kind === 'im') return 'im';
  return hidden ? 'private_channel' : 'public_channel';
}

/** `conversations.*`: channels and direct messages, and what was said in them. */
export const conversationMethods: Methods = {
  'conversations.open': {
    scope: ['im:write'],
    tier: 'tier3',
    handler: (args, core) => {
      const channel = asText(args['channel']);
      if (channel)
        return {
          no_op: true,
          already_open: true,
          channel: channelSummary(findConversation(args, core), core),
        };

      const users = asText(args['users']).split(',').filter(Boolean);
      const [userId] = users;
      if (!userId) throw new SlackError('users_list_not_supplied');
      if (users.length > 1) throw new SlackError('missing_scope', { needed: 'mpim:write', provided: '' });
      const person = core.workspace.people.get(userId);
      if (!person) throw new SlackError('user_not_found');
      if (person.kind === 'deactivated') throw new SlackError('user_disabled');
      // Direct messages with another company's people need their consent first.
      if (person.kind === 'external') throw new SlackError('user_not_visible');

      const dm = core.workspace.dmWith(person.id);
      return { channel: parseFlag(args['return_im']) ? channelSummary(dm, core) : { id: dm.id } };
    },
  },

  'conversations.info': {
    scope: scopeByKind('read'),
    tier: 'tier3',
    handler: (args, core) => {
      const channel = findConversation(args, core);
      const count = parseFlag(args['include_num_members']) ? { num_members: channel.members.size } : {};
      return { channel: { ...conversationJson(channel, core), ...count } };
    },
  },

  'conversations.list': {
    scope: (args) => parseTypes(args).map((kind) => KINDS[kind]),
    tier: 'tier2',
    handler: (args, core) => {
      const kinds = parseTypes(args);
      for (const kind of kinds) {
        const needed = KINDS[kind];
        if (!core.workspace.manifest.botScopes.includes(needed))
          throw new SlackError('missing_scope', {
            needed,
            provided: core.workspace.manifest.botScopes.join(','),
          });
      }
      const found = [...core.workspace.conversations.values()].filter(
        (channel) =>
          kinds.includes(kindOf(channel)) &&
          (!channel.private || channel.members.has(core.workspace.app.botUserId)) &&
          !(parseFlag(args['exclude_archived']) && channel.archived),
      );
      const { items, next } = page(found, args, 1000, 100);
      return {
        channels: items.map((channel) => conversationJson(channel, core)),
        response_metadata: { next_cursor: next },
      };
    },
  },

  'conversations.members': {
    scope: scopeByKind('read'),
    tier: 'tier4',
    handler: (args, core) => {
      const { items, next } = page([...findConversation(args, core).members], args, 1000, 100);
      return { members: items, response_metadata: { next_cursor: next } };
    },
  },

  'conversations.history': {
    scope: scopeByKind('history'),
    tier: 'tier3',
    handler: (args, core) => {
      const channel = findConversation(args, core);
      if (!channel.members.has(core.workspace.app.botUserId)) throw new SlackError('not_in_channel');
      const messages = core.workspace
        .messagesIn(channel.id)
        .filter(({ ephemeralTo, threadTs, ts }) => !ephemeralTo && !threadTs && isInRange(args, ts))
        .toReversed();
      const { items, next } = page(messages, args, 999, 100);
      return {
        messages: items.map((message) => messageJson(core, message, parseFlag(args['include_all_metadata']))),
        has_more: next !== '',
        pin_count: 0,
        response_metadata: { next_cursor: next },
      };
    },
  },

  'conversations.replies': {
    scope: scopeByKind('history'),
    tier: 'tier3',
    handler: (args, core) => {
      const channel = findConversation(args, core);
      if (!channel.members.has(core.workspace.app.botUserId)) throw new SlackError('not_in_channel');
      const root = asText(args['ts']);
      const thread = core.workspace
        .messagesIn(channel.id)
        .filter(({ ephemeralTo, threadTs, ts }) => !ephemeralTo && (ts === root || threadTs === root));
      if (thread.length === 0) throw new SlackError('thread_not_found');
      const shown = thread.filter(({ ts }) => ts === root || isInRange(args, ts));
      const { items, next } = page(shown, args, 999, 999);
      return {
        messages: items.map((message) => messageJson(core, message, parseFlag(args['include_all_metadata']))),
        has_more: next !== '',
        response_metadata: { next_cursor: next },
      };
    },
  },
};

/** True if a message lies between `oldest` and `latest`; on the line itself only if the call says `inclusive`. */
function isInRange(args: Json, ts: string): boolean {
  const oldest = Number(args['oldest'] ?? 0);
  const latest = Number(args['latest'] ?? Number.POSITIVE_INFINITY);
  const at = Number(ts);
  if (at === oldest || at === latest) return parseFlag(args['inclusive']);
  return at > oldest && at < latest;
}

function channelSummary(channel: StoredConversation, core: Core): Json {
  return {
    id: channel.id,
    is_im: channel.kind === 'im',
    user: channel.with,
    is_open: true,
    team: core.workspace.team.id,
  };
}

/** Returns a conversation in Slack's format. */
export function conversationJson(channel: StoredConversation, core: Core): Json {
  const { team } = core.workspace;
  const created = Math.floor(channel.createdAt.getTime() / 1000);
  if (channel.kind === 'im')
    return {
      id: channel.id,
      created,
      is_im: true,
      is_channel: false,
      is_group: false,
      is_org_shared: false,
      is_ext_shared: false,
      is_archived: false,
      user: channel.with,
      is_user_deleted: core.workspace.people.get(channel.with ?? '')?.kind === 'deactivated',
      context_team_id: team.id,
    };
  const note = (value: string): Json => ({ value, creator: '', last_set: 0 });
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: !channel.private,
    is_group: channel.private,
    is_im: false,
    is_mpim: false,
    is_private: channel.private,
    created,
    creator: '',
    is_archived: channel.archived,
    is_general: channel.name === 'general',
    unlinked: 0,
    is_shared: channel.shared,
    is_org_shared: false,
    is_ext_shared: channel.shared,
    is_pending_ext_shared: channel.pendingShared,
    pending_shared: channel.pendingShared ? [PARTNER_TEAM.id] : [],
    pending_connected_team_ids: channel.pendingShared ? [PARTNER_TEAM.id] : [],
    connected_team_ids: channel.shared ? [PARTNER_TEAM.id] : [],
    shared_team_ids: core.workspace.teamsIn(channel),
    context_team_id: team.id,
    is_member: channel.members.has(core.workspace.app.botUserId),
    topic: note(channel.topic),
    purpose: note(''),
    previous_names: [],
  };
}
