import type { Core } from './core.ts';
import { messageSurface } from './input-state.ts';
import { asText, type Json } from './json.ts';
import { sayingIn } from './message-content.ts';
import type { ResponsePlace } from './response-urls.ts';
import { APP } from './workspace.ts';

/**
 * Does what the app answers to an interaction: a new message, a message in place of the one that was touched, or none
 * in its place. Needs no scope, and the bot need not be in the channel.
 *
 * @see https://docs.slack.dev/interactivity/handling-user-interaction
 */
export function respond(core: Core, place: ResponsePlace, answer: Json): void {
  const touched = place.messageTs ? core.workspace.messageAt(place.channel, place.messageTs) : undefined;

  if (answer['delete_original'] === true) {
    if (touched) core.workspace.remove(touched);
    return;
  }

  const saying = sayingIn(core, answer);
  if (answer['replace_original'] === true && touched) {
    core.held.keepOnly(place.userId, messageSurface(touched.channel, touched.ts), saying.blocks);
    core.workspace.edit(touched, saying);
    return;
  }

  core.workspace.post({
    ...saying,
    channel: place.channel,
    from: APP.botUserId,
    fromBot: true,
    threadTs: asText(answer['thread_ts']) || null,
    onlyFor: answer['response_type'] === 'in_channel' ? null : place.userId,
    files: [],
  });
}
