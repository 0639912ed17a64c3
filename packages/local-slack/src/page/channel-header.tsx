import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { Mrkdwn } from './kit/mrkdwn.tsx';
import { useSession } from './session.tsx';

/** The name of the open conversation and, for the app, its tabs. */
export function ChannelHeader() {
  const { state, route, go } = useSession();
  const channel = state.channels.find(({ id }) => id === state.channel);
  if (!channel) return <header class="channel-header" />;

  const person = channel.kind === 'dm' ? state.people.find(({ name }) => name === channel.name) : undefined;
  const tabButton = (name: 'home' | 'messages', label: string) => (
    <button
      type="button"
      role="tab"
      aria-selected={route.tab === name}
      tabIndex={route.tab === name ? 0 : -1}
      class={`tab ${route.tab === name ? 'tab--on' : ''}`}
      data-testid={`tab-${name}`}
      onClick={() => go({ channel: channel.id, tab: name })}
    >
      {label}
      {name === 'messages' && channel.unread > 0 && <span class="tab__count">{channel.unread}</span>}
    </button>
  );
  return (
    <header class={`channel-header ${channel.kind === 'app' ? 'channel-header--app' : ''}`}>
      <div class="channel-header__line">
        <h1>
          {channel.kind === 'app' ? (
            <Avatar id={state.bot.userId} size={26} />
          ) : person ? (
            <Avatar id={person.id} size={26} />
          ) : channel.private ? (
            <Icon name="lock" size={18} />
          ) : (
            <span class="channel-header__hash">#</span>
          )}
          <span>{channel.name}</span>
          {channel.kind === 'app' && <span class="badge">APP</span>}
        </h1>
        {channel.shared && (
          <span class="badge badge--external" title="People of another company read along">
            Shared channel
          </span>
        )}
        {channel.archived && <span class="badge badge--quiet">Archived</span>}
        {channel.kind === 'channel' && channel.topic && (
          <span class="channel-header__topic">
            <Mrkdwn text={channel.topic} />
          </span>
        )}
        {person?.status && (
          <span class="channel-header__topic">
            <Mrkdwn text={person.status.emoji} /> {person.status.text}
          </span>
        )}
      </div>
      {channel.kind === 'app' && (
        <div
          class="tabs"
          role="tablist"
          aria-label={`Tabs of ${channel.name}`}
          onKeyDown={(event) => {
            if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
            const other = route.tab === 'home' ? 'messages' : 'home';
            go({ channel: channel.id, tab: other });
            event.currentTarget.querySelector<HTMLElement>(`[data-testid=tab-${other}]`)?.focus();
          }}
        >
          {tabButton('home', 'Home')}
          {tabButton('messages', 'Messages')}
        </div>
      )}
    </header>
  );
}
