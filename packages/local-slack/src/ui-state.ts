import type { Core } from './core.ts';
import { stateOf } from './interactive-elements.ts';
import { asText, type Json } from './json.ts';
import { currentStatus, type SlackPerson } from './people.ts';
import type {
  UiChannel,
  UiFile,
  UiHome,
  UiMessage,
  UiModal,
  UiPerson,
  UiState,
  UiValues,
} from './ui-contract.ts';
import { blocksOf } from './views.ts';
import type { ApiCall } from './web-api.ts';
import { type StoredConversation, type StoredMessage, type StoredView, sees } from './workspace.ts';

const BANNER = 'This is not Slack. It runs on this computer only, and no message leaves it.';
const MAX_TRAFFIC = 50;
const MAX_NOTICES = 20;

/** The workspace as one person sees it, one conversation open. */
export function buildUiState(
  core: Core,
  person: SlackPerson,
  channel: string | null,
  traffic: readonly ApiCall[],
  connections: number | null,
): UiState {
  const { workspace } = core;
  const { manifest, team } = workspace;
  const now = workspace.now();
  const channels = uiChannels(core, person);
  const selected = channels.find(({ id }) => id === channel) ?? channels[0];

  return {
    banner: BANNER,
    now: now.toISOString(),
    team: { id: team.id, name: team.name },
    me: uiPerson(person, now),
    bot: {
      userId: core.workspace.app.botUserId,
      name: manifest.botName,
      appName: manifest.name,
      appId: core.workspace.app.appId,
      description: manifest.description,
    },
    people: [...workspace.people.values()].map((one) => uiPerson(one, now)),
    userGroups: [...workspace.userGroups.values()].map(({ id, handle, name }) => ({ id, handle, name })),
    channels,
    channel: selected?.id ?? null,
    messages: selected ? uiMessages(core, person, selected.id) : [],
    home: uiHome(core, person),
    modals: uiModals(core, person),
    commands:
      person.kind === 'external'
        ? []
        : manifest.commands.map(({ name, usageHint, description }) => ({
            name,
            usage_hint: usageHint,
            description,
          })),
    files: [...workspace.files.values()]
      .filter(({ sharedIn }) => channels.some(({ id }) => sharedIn.has(id)))
      .flatMap(({ id }) => uiFile(core, id)),
    notices: workspace.notices
      .filter(({ userId }) => userId === person.id)
      .slice(-MAX_NOTICES)
      .map(({ id, at, channel: place, kind, text }) => ({
        id,
        at: at.toISOString(),
        channel: place,
        kind,
        text,
      })),
    traffic: traffic.slice(-MAX_TRAFFIC).map(({ seq, at, method, ok, error, ms }) => ({
      seq,
      at: at.toISOString(),
      method,
      ok,
      error,
      ms,
    })),
    connections,
  };
}

function uiPerson(person: SlackPerson, now: Date): UiPerson {
  const status = currentStatus(person, now);
  return {
    id: person.id,
    name: person.name,
    title: person.title,
    role: person.role,
    kind: person.kind,
    status: status && { text: status.text, emoji: status.emoji, until: status.until?.toISOString() ?? null },
    tz: person.tz,
    teamName: person.teamName,
  };
}

/** A person's sidebar. The app's own DM is always there, save for people of other companies. */
function uiChannels(core: Core, person: SlackPerson): readonly UiChannel[] {
  const { workspace } = core;
  if (person.kind === 'member' || person.kind === 'guest') workspace.dmWith(person.id);
  return [...workspace.conversations.values()]
    .filter((conversation) => sees(person, conversation))
    .sort((one, other) => Number(one.kind === 'im') - Number(other.kind === 'im'))
    .map((conversation) => uiChannel(core, person, conversation));
}

function uiChannel(core: Core, person: SlackPerson, conversation: StoredConversation): UiChannel {
  const isApp = conversation.kind === 'im';
  return {
    id: conversation.id,
    name: isApp ? core.workspace.manifest.botName : conversation.name,
    kind: isApp ? 'app' : 'channel',
    private: conversation.private,
    shared: conversation.shared,
    archived: conversation.archived,
    botIsMember: conversation.members.has(core.workspace.app.botUserId),
    closed: closedReason(core, conversation),
    unread: core.workspace.unread(person.id, conversation.id),
    topic: conversation.topic,
  };
}

function closedReason({ workspace }: Core, { kind, archived }: StoredConversation): string | null {
  if (archived) return 'This channel is archived. No one can post here anymore.';
  return kind === 'im' && !workspace.manifest.messagesEnabled
    ? 'Sending messages to this app has been turned off.'
    : null;
}

/** What a person sees in a conversation, oldest first, replies inside the message they answer. */
export function uiMessages(core: Core, person: SlackPerson, channel: string): readonly UiMessage[] {
  const conversation = core.workspace.conversations.get(channel);
  if (!conversation || !sees(person, conversation)) return [];
  const visible = core.workspace
    .messagesIn(channel)
    .filter(({ ephemeralTo }) => (ephemeralTo ?? person.id) === person.id);
  return visible
    .filter(({ threadTs }) => threadTs === null)
    .map((message) => uiMessage(core, message, visible));
}

function uiMessage(core: Core, message: StoredMessage, visible: readonly StoredMessage[]): UiMessage {
  const replies = visible.filter(({ threadTs }) => threadTs === message.ts);
  return {
    ts: message.ts,
    channel: message.channel,
    from: message.from,
    fromBot: message.fromBot,
    text: message.text,
    blocks: message.blocks,
    edited: message.editedAt !== null,
    ephemeral: message.ephemeralTo !== null,
    ...(message.metadata && { metadata: message.metadata }),
    ...((message.threadTs || replies.length > 0) && { thread_ts: message.threadTs ?? message.ts }),
    reply_count: replies.length,
    replies: replies.map((reply) => uiMessage(core, reply, [])),
    files: message.files.flatMap((id) => uiFile(core, id)),
  };
}

function uiFile(core: Core, id: string): readonly UiFile[] {
  const file = core.workspace.files.get(id);
  if (!file) return [];
  const { name, title, bytes } = file;
  return [{ id, name, title, size: bytes?.length ?? 0, url: `/_ui/file/${id}` }];
}

/** A person's App Home; null before the app published one. */
export function uiHome(core: Core, person: SlackPerson): UiHome | null {
  const view = core.workspace.homes.get(person.id);
  return view ? { viewId: view.id, blocks: blocksOf(view), values: inputValuesOf(core, view) } : null;
}

/** A person's open modals, the visible one last. */
export function uiModals(core: Core, person: SlackPerson): readonly UiModal[] {
  return core.workspace.modalsOf(person.id).map((view) => ({
    viewId: view.id,
    hash: view.hash,
    title: plainText(view.content['title']) ?? '',
    submit: plainText(view.content['submit']),
    close: plainText(view.content['close']) ?? 'Close',
    blocks: blocksOf(view),
    errors: view.errors,
    values: inputValuesOf(core, view),
  }));
}

function inputValuesOf(core: Core, view: StoredView): UiValues {
  return stateOf(blocksOf(view), core.inputState.get(view.userId, view.id)) as unknown as UiValues;
}

function plainText(text: unknown): string | null {
  return asText((text as Json | undefined)?.['text']) || null;
}
