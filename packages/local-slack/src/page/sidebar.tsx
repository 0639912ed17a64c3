import type { UiChannel } from '../ui-contract.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { findEmoji } from './kit/emoji.ts';
import { useSession } from './session.tsx';

/** The conversations of the person that one is: channels, direct messages, and the app. */
export function Sidebar({ onPick }: { readonly onPick: () => void }) {
  const { state } = useSession();
  const channelsOfKind = (kind: UiChannel['kind']) =>
    state.channels.filter((channel) => channel.kind === kind);
  return (
    <nav class="sidebar" aria-label="Conversations" data-testid="sidebar">
      <div class="sidebar__team">
        <span class="sidebar__logo" aria-hidden="true">
          {state.team.name.charAt(0)}
        </span>
        <span>
          <strong>{state.team.name}</strong>
          <small>
            {state.me.kind === 'external' ? `You are with ${state.me.teamName}` : 'Local workspace'}
          </small>
        </span>
      </div>
      <Group title="Channels" channels={channelsOfKind('channel')} onPick={onPick} />
      <Group title="Direct messages" channels={channelsOfKind('dm')} onPick={onPick} />
      <Group title="Apps" channels={channelsOfKind('app')} onPick={onPick} />
      <div class="sidebar__foot">
        <span class={`dot ${state.connections === 0 ? 'dot--bad' : 'dot--good'}`} />
        {state.connections === null
          ? 'The bot listens over HTTP'
          : state.connections === 0
            ? 'The bot is not connected'
            : 'The bot is connected'}
      </div>
    </nav>
  );
}

function Group({
  title,
  channels,
  onPick,
}: {
  readonly title: string;
  readonly channels: readonly UiChannel[];
  readonly onPick: () => void;
}) {
  if (channels.length === 0) return null;
  return (
    <section class="sidebar__group">
      <h2>{title}</h2>
      {channels.map((channel) => (
        <Line key={channel.id} channel={channel} onPick={onPick} />
      ))}
    </section>
  );
}

function Line({ channel, onPick }: { readonly channel: UiChannel; readonly onPick: () => void }) {
  const { state, go } = useSession();
  const isOpen = state.channel === channel.id;
  const person = channel.kind === 'dm' ? state.people.find(({ name }) => name === channel.name) : undefined;
  const status = person?.status && findEmoji(person.status.emoji.replaceAll(':', ''));
  return (
    <button
      type="button"
      class={`sidebar__line ${isOpen ? 'sidebar__line--open' : ''} ${channel.unread > 0 ? 'sidebar__line--unread' : ''} ${channel.archived ? 'sidebar__line--archived' : ''}`}
      aria-current={isOpen ? 'page' : undefined}
      data-testid={`channel-${channel.id}`}
      onClick={() => {
        onPick();
        go({
          channel: channel.id,
          tab: channel.kind === 'app' && channel.unread === 0 ? 'home' : 'messages',
        });
      }}
    >
      <span class="sidebar__mark">
        {channel.kind === 'app' ? (
          <Avatar id={state.bot.userId} size={20} />
        ) : person ? (
          <Avatar id={person.id} size={20} />
        ) : channel.private ? (
          <Icon name="lock" size={15} />
        ) : (
          '#'
        )}
      </span>
      <span class="sidebar__name">{channel.name}</span>
      {status && <span title={person?.status?.text}>{status}</span>}
      {channel.shared && (
        <span class="sidebar__shared" title="Shared with another company">
          <Icon name="people" size={15} />
        </span>
      )}
      {channel.unread > 0 && (
        <span class="sidebar__count" data-testid="unread" title={`${channel.unread} unread`}>
          {channel.unread > 99 ? '99+' : channel.unread}
        </span>
      )}
    </button>
  );
}
