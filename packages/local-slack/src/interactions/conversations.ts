import { InteractionError } from '../input-values.ts';
import { messageJson } from '../message-content.ts';
import type { UiAction, UiActionResult } from '../ui-contract.ts';
import { viewJson } from '../views.ts';
import { conversationFor, DONE, type InteractionContext } from './context.ts';

/** Posts a message of the person. */
export async function message(
  ctx: InteractionContext,
  { channel: channelId, text, thread_ts: threadTs }: Extract<UiAction, { kind: 'message' }>,
): Promise<UiActionResult> {
  const { core, person } = ctx;
  const { workspace } = core;
  const channel = conversationFor(ctx, channelId);
  if (channel.archived) throw new InteractionError('This channel is archived.');
  if (channel.kind === 'im' && !workspace.manifest.messagesEnabled)
    throw new InteractionError('Sending messages to this app has been turned off.');

  const posted = workspace.post({
    channel: channel.id,
    from: person.id,
    fromBot: false,
    threadTs: threadTs ?? null,
    ephemeralTo: null,
    files: [],
    text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    blocks: [],
    metadata: null,
  });
  workspace.markRead(person.id, channel.id);
  if (channel.members.has(workspace.app.botUserId)) {
    const channelType = channel.kind === 'im' ? 'im' : channel.private ? 'group' : 'channel';
    core.emitEvent(
      channel.kind === 'im' ? 'message.im' : channel.private ? 'message.groups' : 'message.channels',
      {
        ...messageJson(core, posted),
        channel: channel.id,
        channel_type: channelType,
        user_team: person.teamId,
      },
      { shared: channel.shared },
    );
  }
  return DONE;
}

/** Opens a conversation: its messages are read. */
export async function openConversation(ctx: InteractionContext, channelId: string): Promise<UiActionResult> {
  const { core, person } = ctx;
  const { workspace } = core;
  const channel = conversationFor(ctx, channelId);
  workspace.markRead(person.id, channel.id);
  if (channel.kind === 'im')
    core.emitEvent('app_home_opened', {
      type: 'app_home_opened',
      user: person.id,
      channel: channel.id,
      tab: 'messages',
    });
  return DONE;
}

/** Opens the Home of the app. */
export async function openHome(ctx: InteractionContext): Promise<UiActionResult> {
  const { core, person } = ctx;
  const { workspace } = core;
  if (person.kind === 'external')
    throw new InteractionError('People of other companies cannot open this app.');
  if (!workspace.manifest.homeTab) throw new InteractionError('This app has no Home.');
  const view = workspace.homes.get(person.id);
  core.emitEvent('app_home_opened', {
    type: 'app_home_opened',
    user: person.id,
    channel: workspace.dmWith(person.id).id,
    tab: 'home',
    ...(view && { view: viewJson(core, view) }),
  });
  return DONE;
}

/** Invites the app to a channel. */
export function inviteBot(ctx: InteractionContext, channelId: string): UiActionResult {
  const { core, person } = ctx;
  const { workspace } = core;
  const channel = conversationFor(ctx, channelId);
  if (person.kind !== 'member')
    throw new InteractionError('Only members of this workspace can invite an app.');
  if (channel.members.has(workspace.app.botUserId)) return DONE;
  channel.members.add(workspace.app.botUserId);
  workspace.notify(
    person.id,
    channel.id,
    'info',
    `${workspace.manifest.botName} was added to #${channel.name}.`,
  );
  core.emitEvent(
    'member_joined_channel',
    {
      type: 'member_joined_channel',
      user: workspace.app.botUserId,
      channel: channel.id,
      channel_type: channel.private ? 'G' : 'C',
      team: workspace.team.id,
      inviter: person.id,
    },
    { shared: channel.shared },
  );
  return DONE;
}
