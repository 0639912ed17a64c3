import type { Core } from '../core.ts';
import { asText, type Json } from '../json.ts';
import { messageJson, sayingIn } from '../message-content.ts';
import { SlackError } from '../slack-error.ts';
import { conversationIn, type Methods } from '../web-api-method.ts';
import { APP, type Conversation, type Message } from '../workspace.ts';

/** `chat.*`: what the bot says, changes and takes back. */
export const chatMethods: Methods = {
  'chat.postMessage': {
    scope: ['chat:write'],
    tier: 'posting',
    handler: (args, core) => {
      const channel = placeToWrite(args, core);
      const saying = sayingIn(core, args);
      const threadTs = asText(args['thread_ts']) || null;
      if (threadTs && !core.workspace.messageAt(channel.id, threadTs))
        throw new SlackError('thread_not_found');

      const message = core.workspace.post({
        ...saying,
        channel: channel.id,
        from: APP.botUserId,
        fromBot: true,
        threadTs,
        onlyFor: null,
        files: [],
      });
      return { channel: channel.id, ts: message.ts, message: messageJson(core, message) };
    },
  },

  'chat.postEphemeral': {
    scope: ['chat:write'],
    tier: 'tier4',
    handler: (args, core) => {
      const channel = placeToWrite(args, core);
      const user = core.workspace.people.get(asText(args['user']));
      if (!user || !channel.members.has(user.id)) throw new SlackError('user_not_in_channel');
      const message = core.workspace.post({
        ...sayingIn(core, args),
        channel: channel.id,
        from: APP.botUserId,
        fromBot: true,
        threadTs: asText(args['thread_ts']) || null,
        onlyFor: user.id,
        files: [],
      });
      return { message_ts: message.ts };
    },
  },

  'chat.update': {
    scope: ['chat:write'],
    tier: 'tier3',
    handler: (args, core) => {
      const message = ownMessage(args, core, 'cant_update_message');
      if (args['text'] === undefined && args['blocks'] === undefined) throw new SlackError('no_text');
      // What is not mentioned stays as it was.
      const saying = sayingIn(core, { text: message.text, blocks: message.blocks, ...args });
      core.workspace.edit(message, { ...saying, metadata: saying.metadata ?? message.metadata });
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
      const message = ownMessage(args, core, 'cant_delete_message');
      core.workspace.remove(message);
      return { channel: message.channel, ts: message.ts };
    },
  },

  'chat.getPermalink': {
    scope: [],
    tier: 'special',
    handler: (args, core) => {
      const channel = conversationIn(args, core);
      const ts = asText(args['message_ts']);
      if (!core.workspace.messageAt(channel.id, ts)) throw new SlackError('message_not_found');
      const permalink = `${core.baseUrl()}/archives/${channel.id}/p${ts.replace('.', '')}`;
      return { channel: channel.id, permalink };
    },
  },
};

/** Where the bot may write: a channel it is in, a person's DM. A person's own id stands for their DM. */
function placeToWrite(args: Json, core: Core): Conversation {
  const { people, manifest } = core.workspace;
  const person = people.get(asText(args['channel']));
  const channel = person ? core.workspace.dmWith(person.id) : conversationIn(args, core);
  const partner = channel.with ? people.get(channel.with) : undefined;

  if (partner && (partner.kind === 'deactivated' || partner.kind === 'external'))
    throw new SlackError('channel_not_found');
  if (channel.archived) throw new SlackError('is_archived');
  if (!channel.members.has(APP.botUserId)) throw new SlackError('not_in_channel');
  if (channel.kind === 'im' && !manifest.messagesTab) throw new SlackError('messages_tab_disabled');
  return channel;
}

/** A message of the bot itself. An ephemeral one cannot be reached this way. */
function ownMessage(args: Json, core: Core, refusal: string): Message {
  const channel = conversationIn(args, core);
  const message = core.workspace.messageAt(channel.id, asText(args['ts']));
  if (!message || message.onlyFor) throw new SlackError('message_not_found');
  if (!message.fromBot) throw new SlackError(refusal);
  return message;
}
