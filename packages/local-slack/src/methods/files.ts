import { randomUUID } from 'node:crypto';
import { asList, asText } from '../json.ts';
import { fileJson, parseMessageContent } from '../message-content.ts';
import { SlackError } from '../slack-error.ts';
import { findConversation, type Methods } from '../web-api-method.ts';

/** `files.*`: an upload in three steps: ask for an address, send the bytes there, say where to share. */
export const fileMethods: Methods = {
  'files.getUploadURLExternal': {
    scope: ['files:write'],
    tier: 'tier4',
    handler: (args, core) => {
      const name = asText(args['filename']);
      const declaredLength = Number(args['length']);
      if (!name || !Number.isInteger(declaredLength) || declaredLength < 1)
        throw new SlackError('invalid_arguments', {
          response_metadata: {
            messages: name
              ? ['[ERROR] must be greater than 0 [json-pointer:/length]']
              : ['[ERROR] missing required field: filename'],
          },
        });
      const id = core.workspace.newId('F');
      const uploadKey = randomUUID();
      core.workspace.files.set(id, {
        id,
        name,
        title: name,
        declaredLength,
        uploadKey,
        altText: asText(args['alt_txt']) || null,
        bytes: null,
        sharedIn: new Set(),
      });
      return { upload_url: `${core.baseUrl()}/upload/${uploadKey}`, file_id: id };
    },
  },

  'files.completeUploadExternal': {
    scope: ['files:write'],
    tier: 'tier4',
    handler: (args, core) => {
      const given = asList(args['files']);
      if (given.length === 0) throw new SlackError('invalid_arguments');
      const files = given.map(({ id, title }) => {
        const file = core.workspace.files.get(asText(id));
        if (!file?.bytes) throw new SlackError('file_not_found');
        return { file, title: asText(title) || file.name };
      });

      const channels = (asText(args['channels']) || asText(args['channel_id'])).split(',').filter(Boolean);
      const targets = channels.map((channel) => {
        const target = findConversation({ channel }, core);
        if (!target.members.has(core.workspace.app.botUserId)) throw new SlackError('not_in_channel');
        return target;
      });
      const comment = asText(args['initial_comment']);
      const content =
        comment || args['blocks'] !== undefined
          ? parseMessageContent(core, { text: comment, blocks: args['blocks'] })
          : { text: '', blocks: [], metadata: null };

      for (const { file, title } of files) file.title = title;
      for (const target of targets) {
        for (const { file } of files) file.sharedIn.add(target.id);
        core.workspace.post({
          ...content,
          channel: target.id,
          from: core.workspace.app.botUserId,
          fromBot: true,
          threadTs: asText(args['thread_ts']) || null,
          ephemeralTo: null,
          files: files.map(({ file }) => file.id),
        });
      }
      return { files: files.flatMap(({ file }) => fileJson(core, file.id)) };
    },
  },
};
