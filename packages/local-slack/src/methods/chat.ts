import type { Core } from '../core.ts';
import { asText, type Json } from '../json.ts';
import { messageJson, parseMessageContent } from '../message-content.ts';
import { SlackError } from '../slack-error.ts';
import { findConversation, type Methods } from '../web-api-method.ts';
import type { StoredConversation, StoredMessage } from '../workspace.ts';

/** `chat.*`: what the bot says, changes and takes back. */
export const chatMethods: Methods = {
  'chat.postMessage': {
    scope: ['chat:write'],
    tier: 'posting',
    handler: (args, core) => {
      const channel = writableConversation(args, core);
      const content = parseMessageContent(core, args);
      const threadTs = asText(args['thread_ts']) || null;
      if (threadTs && !core.workspace.messageAt(channel.id, threadTs))
        throw new SlackError('thread_not_found');

      const message = core.workspace.post({
        ...content,
        channel: channel.id,
        from: core.workspace.app.botUserId,
        fromBot: true,
        threadTs,
        ephemeralTo: null,
        files: [],
      });
      return { channel: channel.id, ts: message.ts, message: messageJson(core, message) };
    },
  },

  'chat.postEphemeral': {
    scope: ['chat:write'],
    tier: 'tier4',
    handler: (args, core) => {
      const channel = writableConversation(args, core);
      const user = core.workspace.people.get(asText(args['user']));
      if (!user || !channel.members.has(user.id)) throw new SlackError('user_not_in_channel');
      const message = core.workspace.post({
        ...parseMessageContent(core, args),
        channel: channel.id,
        from: core.workspace.app.botUserId,
        fromBot: true,
        threadTs: asText(args['thread_ts']) || null,
        ephemeralTo: user.id,
        files: [],
      });
      return { message_ts: message.ts };
    },
  },

  'chat.update': {
    scope: ['chat:write'],
    tier: 'tier3',
    handler: (args, core) => {
      const message = findOwnMessage(args, core, 'cant_update_message');
      if (args['text'] === undefined && args['blocks'] === undefined) throw new SlackError('no_text');
      // What is not mentioned stays as it was.
      const content = parseMessageContent(core, { text: message.text, blocks: message.blocks, ...args });
      core.workspace.edit(message, { ...content, metadata: content.metadata ?? message.metadata });
      return {
        channel: message.channel,
        ts: message.ts,
        text: message.text,
        message: messageJson(core, message),
      };
    },
  },

  'chat.delete': {
    scope: ['chat:write'],
    tier: 'tier3',
    handler: (args, core) => {
      const message = findOwnMessage(args, core, 'cant_delete_message');
      core.workspace.remove(message);
      return { channel: message.channel, ts: message.ts };
    },
  },

  'chat.getPermalink': {
    scope: [],
    tier: 'special',
    handler: (args, core) => {
      const channel = findConversation(args, core);
      const ts = asText(args['message_ts']);
      if (!core.workspace.messageAt(channel.id, ts)) throw new SlackError('message_not_found');
      const permalink = `${core.baseUrl()}/archives/${channel.id}/p${ts.replace('.', '')}`;
      return { channel: channel.id, permalink };
    },
  },
};

/** Where the bot can post: a channel it is in, or a person's DM. A person's ID means their DM. */
function writableConversation(args: Json, core: Core): StoredConversation {
  const { people, manifest } = core.workspace;
  const person = people.get(asText(args['channel']));
  const channel = person ? core.workspace.dmWith(person.id) : findConversation(args, core);
  const partner = channel.with ? people.get(channel.with) : undefined;

  if (partner && (partner.kind === 'deactivated' || partner.kind === 'external'))
    throw new SlackError('channel_not_found');
  if (channel.archived) throw new SlackError('is_archived');
  if (!channel.members.has(core.workspace.app.botUserId)) throw new SlackError('not_in_channel');
  if (channel.kind === 'im' && !manifest.messagesTab) throw new SlackError('messages_tab_disabled');
  return channel;
}

/** A message of the bot itself. An ephemeral one cannot be reached this way. */
function findOwnMessage(args: Json, core: Core, refusal: string): StoredMessage {
  const channel = findConversation(args, core);
  const message = core.workspace.messageAt(channel.id, asText(args['ts']));
  if (!message || message.ephemeralTo) throw new SlackError('message_not_found');
  if (!message.fromBot) throw new SlackError(refusal);
  return message;
}
