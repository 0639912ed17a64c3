import { Fragment } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { UiMessage, UiNotice } from '../ui-contract.ts';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { Mrkdwn } from './kit/mrkdwn.tsx';
import { clockTime, dayName, dayNumber } from './kit/slack-date.ts';
import { Message } from './message.tsx';
import { useSession } from './session.tsx';

const GROUPING_SECONDS = 300;
/** Space above the latest message when it is longer than the view. */
const LATEST_MARGIN_PX = 12;

type Entry =
  | { readonly kind: 'message'; readonly at: number; readonly message: UiMessage }
  | { readonly kind: 'notice'; readonly at: number; readonly notice: UiNotice };

/** The messages of the open conversation, day by day, scrolled to the latest. */
export function Conversation() {
  const { state, route, act } = useSession();
  const scroller = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const entries = entriesOf(state.messages, state.notices, state.channel);
  const channel = state.channels.find(({ id }) => id === state.channel);

  // In another conversation the latest message is of interest.
  useLayoutEffect(() => {
    isAtEnd.current = true;
  }, [state.channel, state.me.id]);

  // So is an answer that only this person sees: it was asked for a moment ago.
  const latestEphemeral = state.messages.findLast(({ ephemeral }) => ephemeral)?.ts;
  useLayoutEffect(() => {
    if (latestEphemeral !== undefined) isAtEnd.current = true;
  }, [latestEphemeral]);

  useLayoutEffect(() => {
    const box = scroller.current;
    const list = box?.firstElementChild;
    if (!box || !list) return;
    const follow = () => {
      if (isAtEnd.current) box.scrollTop = latestPosition(box);
    };
    follow();
    // An image or a font that loads later makes the list grow.
    const watcher = new ResizeObserver(follow);
    watcher.observe(list);
    watcher.observe(box);
    return () => watcher.disconnect();
  });

  const unread = channel?.unread ?? 0;
  useEffect(() => {
    if (
      unread > 0 &&
      route.channel &&
      route.channel === channel?.id &&
      document.visibilityState === 'visible'
    ) {
      void act({ kind: 'openConversation', channel: route.channel });
    }
  }, [unread, route.channel, channel?.id, act]);

  const viewpoint = { now: new Date(state.now), tz: state.me.tz };
  return (
    <div
      ref={scroller}
      class="conversation"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable for those who scroll with keys
      tabIndex={0}
      role="log"
      aria-label="Messages"
      data-testid="conversation"
      onScroll={({ currentTarget: box }) => {
        isAtEnd.current = box.scrollTop > latestPosition(box) - 60;
      }}
    >
      <div class="conversation__list">
        <ConversationIntro />
        {entries.map((entry, index) => {
          const before = entries[index - 1];
          const day = dayNumber(new Date(entry.at * 1000), state.me.tz);
          const isNewDay = !before || dayNumber(new Date(before.at * 1000), state.me.tz) !== day;
          return (
            <Fragment key={entry.kind === 'message' ? entry.message.ts : entry.notice.id}>
              {isNewDay && (
                <div class="day">
                  <span>{dayName(new Date(entry.at * 1000), viewpoint)}</span>
                </div>
              )}
              {entry.kind === 'message' ? (
                <Message
                  message={entry.message}
                  isContinued={!isNewDay && isContinuation(before, entry.message)}
                />
              ) : (
                <Notice notice={entry.notice} time={clockTime(new Date(entry.at * 1000), viewpoint)} />
              )}
            </Fragment>
          );
        })}
      </div>
    </div>
  );
}

/** Returns how far to scroll for the latest message: to the end, or to its beginning where it is longer than the view. */
function latestPosition(box: HTMLElement): number {
  const end = box.scrollHeight - box.clientHeight;
  const latest = box.firstElementChild?.lastElementChild;
  if (!latest) return end;
  const start = latest.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
  return Math.min(end, start - LATEST_MARGIN_PX);
}

function ConversationIntro() {
  const { state, act } = useSession();
  const channel = state.channels.find(({ id }) => id === state.channel);
  if (!channel) return <p class="conversation__empty">There is no conversation here for {state.me.name}.</p>;

  if (channel.kind === 'app') {
    return (
      <div class="beginning">
        <Avatar id={state.bot.userId} size={64} />
        <div>
          <h2>{state.bot.appName}</h2>
          <p>{state.bot.description}</p>
        </div>
      </div>
    );
  }
  if (channel.kind === 'dm') {
    const person = state.people.find(({ name }) => name === channel.name);
    return (
      <div class="beginning">
        {person && <Avatar id={person.id} size={64} />}
        <div>
          <h2>{channel.name}</h2>
          <p>
            This is the beginning of your direct messages with <strong>{channel.name}</strong>
            {person?.title ? `, ${person.title}` : ''}.
          </p>
        </div>
      </div>
    );
  }
  return (
    <div class="beginning">
      <div>
        <h2>
          {channel.private ? <Icon name="lock" size={24} /> : '#'} {channel.name}
        </h2>
        <p>
          {channel.topic ? (
            <Mrkdwn text={channel.topic} />
          ) : (
            `This is the start of the ${channel.name} channel.`
          )}
        </p>
        {channel.shared && <p class="note">This channel is shared with another company.</p>}
        {!channel.botIsMember && !channel.archived && state.me.kind === 'member' && (
          <p>
            <button
              type="button"
              class="button"
              onClick={() => void act({ kind: 'inviteBot', channel: channel.id })}
              data-testid="invite-bot"
            >
              Add {state.bot.appName} to this channel
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

function Notice({ notice, time }: { readonly notice: UiNotice; readonly time: string }) {
  return (
    <div
      class={`notice notice--${notice.kind}`}
      data-testid="notice"
      role={notice.kind === 'error' ? 'alert' : 'status'}
    >
      <span class="notice__face" aria-hidden="true">
        <Icon name={notice.kind === 'error' ? 'warning' : 'check'} size={18} />
      </span>
      <div>
        <p class="notice__head">
          <strong>Slackbot stand-in</strong> <span class="message__time">{time}</span>{' '}
          <span class="quiet">· Only visible to you</span>
        </p>
        <p>{notice.text}</p>
      </div>
    </div>
  );
}

function entriesOf(
  messages: readonly UiMessage[],
  notices: readonly UiNotice[],
  channel: string | null,
): readonly Entry[] {
  const entries: Entry[] = [
    ...messages.map((message): Entry => ({ kind: 'message', at: Number(message.ts), message })),
    ...notices
      .filter((notice) => notice.channel === null || notice.channel === channel)
      .map((notice): Entry => ({ kind: 'notice', at: Date.parse(notice.at) / 1000, notice })),
  ];
  return entries.toSorted((a, b) => a.at - b.at);
}

function isContinuation(before: Entry | undefined, message: UiMessage): boolean {
  return (
    before?.kind === 'message' &&
    before.message.from === message.from &&
    before.message.ephemeral === message.ephemeral &&
    !message.ephemeral &&
    before.message.reply_count === 0 &&
    Number(message.ts) - Number(before.message.ts) < GROUPING_SECONDS
  );
}
