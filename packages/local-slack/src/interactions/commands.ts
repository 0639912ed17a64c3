import { respond } from '../respond.ts';
import { SlackError } from '../slack-error.ts';
import type { UiActionResult } from '../ui-contract.ts';
import { channelName, conversationFor, DONE, type InteractionContext } from './context.ts';
import { inviteBot } from './conversations.ts';

/** Runs a slash command. */
export async function command(
  ctx: InteractionContext,
  channelId: string,
  typed: string,
): Promise<UiActionResult> {
  const { core, person } = ctx;
  const { workspace } = core;
  const channel = conversationFor(ctx, channelId);
  const [name = '', ...words] = typed.trim().split(/\s+/);
  const known = workspace.manifest.commands.some((one) => one.name === name);

  if (name === '/invite' && words.includes(`@${workspace.manifest.botName}`))
    return inviteBot(ctx, channelId);
  // Another company's people do not have our commands, not even in a shared channel.
  if (!known || person.kind === 'external') {
    const sentence = `${name} is not a valid command.`;
    workspace.notify(person.id, channelId, 'error', sentence);
    return { ok: false, error: sentence };
  }

  const { team } = workspace;
  const receipt = await ctx.delivery.deliver({
    type: 'slash_commands',
    payload: {
      token: 'local',
      team_id: team.id,
      team_domain: team.domain,
      channel_id: channel.id,
      channel_name: channelName(channel),
      user_id: person.id,
      user_name: person.handle,
      command: name,
      text: typed.trim().slice(name.length).trim(),
      api_app_id: workspace.app.appId,
      is_enterprise_install: 'false',
      response_url: core.responseUrls.issue({ userId: person.id, channel: channel.id, messageTs: null }),
      trigger_id: core.triggers.issue(person.id),
    },
  });

  const failed = (error: string): UiActionResult => {
    const sentence = `${name} failed with the error "${error}"`;
    workspace.notify(person.id, channel.id, 'error', sentence);
    return { ok: false, error: sentence };
  };
  if (receipt.kind === 'failed') return failed('dispatch_failed');
  // A bare ack says nothing.
  if (Object.keys(receipt.answer).length === 0) return DONE;
  try {
    respond(core, { userId: person.id, channel: channel.id, messageTs: null }, receipt.answer);
    return DONE;
  } catch (error) {
    if (error instanceof SlackError) return failed(error.code);
    throw error;
  }
}
