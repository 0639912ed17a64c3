import { formatProblem, type Problem, validateMessage } from './blockkit.ts';
import type { Core } from './core.ts';
import { withIds } from './interactive-elements.ts';
import { asJson, asText, type Json } from './json.ts';
import { SlackError } from './slack-error.ts';
import type { StoredMessage } from './workspace.ts';

const MAX_TEXT_LENGTH = 40_000;

/** What a message says, checked and with ids filled in. */
export interface MessageContent {
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly metadata: Json | null;
}

/** What the app wants to say; refuses what Slack would. */
export function parseMessageContent(core: Core, args: Json): MessageContent {
  const { text = '', blocks = [], metadata } = args;
  if (typeof text !== 'string') throw new SlackError('invalid_arguments');
  if (!Array.isArray(blocks)) throw new SlackError('invalid_blocks_format');
  rejectProblems(validateMessage(blocks, text));
  return {
    text: text.slice(0, MAX_TEXT_LENGTH),
    blocks: withIds(blocks, () => core.workspace.newId('').slice(-5)),
    metadata: metadata === undefined ? null : parseMetadata(metadata),
  };
}

function rejectProblems(problems: readonly Problem[]): void {
  const [first] = problems;
  if (!first) return;
  if (first.code === 'no_text') throw new SlackError('no_text');
  const lines = problems.map(formatProblem);
  const onlyLength = problems.every(({ code }) => code === 'msg_blocks_too_long');
  throw new SlackError(onlyLength ? 'msg_blocks_too_long' : 'invalid_blocks', {
    errors: lines,
    response_metadata: { messages: lines.map((line) => `[ERROR] ${line}`) },
  });
}

function parseMetadata(given: unknown): Json {
  const metadata = asJson(given);
  const payload = metadata['event_payload'];
  const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  if (!asText(metadata['event_type']) || !isObject) throw new SlackError('invalid_metadata_format');
  if (JSON.stringify(metadata).length > 16_000) throw new SlackError('metadata_too_large');
  return metadata;
}

/** Returns a message in Slack's format, for responses and interactions. */
export function messageJson(core: Core, message: StoredMessage, withMetadata = true): Json {
  const { workspace } = core;
  const replies = workspace.messagesIn(message.channel).filter(({ threadTs }) => threadTs === message.ts);
  const files = message.files.flatMap((id) => fileJson(core, id));
  return {
    type: 'message',
    user: message.from,
    ...(message.fromBot && {
      bot_id: core.workspace.app.botId,
      app_id: core.workspace.app.appId,
      bot_profile: {
        id: core.workspace.app.botId,
        app_id: core.workspace.app.appId,
        name: workspace.manifest.botName,
        team_id: workspace.team.id,
        deleted: false,
      },
    }),
    text: message.text,
    ts: message.ts,
    team: workspace.people.get(message.from)?.teamId ?? workspace.team.id,
    ...(message.blocks.length > 0 && { blocks: message.blocks }),
    ...(message.metadata && withMetadata && { metadata: message.metadata }),
    ...(message.editedAt && { edited: { user: message.from, ts: message.editedAt } }),
    ...(message.threadTs && { thread_ts: message.threadTs }),
    ...(replies.length > 0 && {
      thread_ts: message.ts,
      reply_count: replies.length,
      reply_users_count: new Set(replies.map(({ from }) => from)).size,
      latest_reply: replies.at(-1)?.ts,
    }),
    ...(files.length > 0 && { files, upload: true }),
  };
}

/** Returns a file in Slack's format; an empty list if it does not exist. */
export function fileJson(core: Core, id: string): readonly Json[] {
  const file = core.workspace.files.get(id);
  if (!file) return [];
  const url = `${core.baseUrl()}/_ui/file/${file.id}`;
  return [
    {
      id: file.id,
      name: file.name,
      title: file.title,
      size: file.bytes?.length ?? 0,
      user: core.workspace.app.botUserId,
      filetype: file.name.includes('.') ? file.name.split('.').at(-1) : 'text',
      url_private: url,
      url_private_download: url,
      permalink: url,
      ...(file.altText && { alt_txt: file.altText }),
    },
  ];
}
