import type { Core } from './core.ts';
import { messageSurfaceKey } from './input-state.ts';
import { asText, type Json } from './json.ts';
import { parseMessageContent } from './message-content.ts';
import type { ResponseTarget } from './response-urls.ts';

/**
 * Does what the app answers to an interaction: a new message, a message in place of the one that was touched, or none
 * in its place. Needs no scope, and works where the bot is not in the channel.
 *
 * @see https://docs.slack.dev/interactivity/handling-user-interaction
 */
export function respond(core: Core, target: ResponseTarget, answer: Json): void {
  const touched = target.messageTs ? core.workspace.messageAt(target.channel, target.messageTs) : undefined;

  if (answer['delete_original'] === true) {
    if (touched) core.workspace.remove(touched);
    return;
  }

  const content = parseMessageContent(core, answer);
  if (answer['replace_original'] === true && touched) {
    core.inputState.retain(target.userId, messageSurfaceKey(touched.channel, touched.ts), content.blocks);
    core.workspace.edit(touched, content);
    return;
  }

  core.workspace.post({
    ...content,
    channel: target.channel,
    from: core.workspace.app.botUserId,
    fromBot: true,
    threadTs: asText(answer['thread_ts']) || null,
    ephemeralTo: answer['response_type'] === 'in_channel' ? null : target.userId,
    files: [],
  });
}
