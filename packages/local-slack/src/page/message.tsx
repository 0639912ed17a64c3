import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { UiMessage, UiSurface } from '../ui-contract.ts';
import { Avatar } from './avatar.tsx';
import { FileCard } from './file-card.tsx';
import { Icon } from './icons.tsx';
import { Blocks } from './kit/blocks.tsx';
import { Mrkdwn } from './kit/mrkdwn.tsx';
import { clockTime, formatRelativeTime, slackDate } from './kit/slack-date.ts';
import { useSession } from './session.tsx';
import { SurfaceProvider, surfaceKey } from './surface.tsx';

/** One message: who, when, and what; with `isContinued` it belongs to the one above and shows only what. */
export function Message({
  message,
  isContinued = false,
  inThread = false,
}: {
  readonly message: UiMessage;
  readonly isContinued?: boolean;
  readonly inThread?: boolean;
}) {
  const { state, go } = useSession();
  const viewpoint = { now: new Date(state.now), tz: state.me.tz };
  const at = new Date(Number(message.ts) * 1000);
  const author = authorOf(message, state);
  const time = clockTime(at, viewpoint);
  const when = `${slackDate(Number(message.ts), '{date_long_full}', viewpoint)} at ${time}`;
  const openThread = () => go({ channel: message.channel, thread: message.thread_ts ?? message.ts });

  const where = useMemo(
    (): UiSurface => ({ kind: 'message', channel: message.channel, ts: message.ts }),
    [message.channel, message.ts],
  );
  useDraftReset(where, message);

  return (
    <article
      class={`message ${isContinued ? 'message--continued' : ''} ${message.ephemeral ? 'message--ephemeral' : ''}`}
      aria-label={`${author.name}, ${time}`}
      data-testid="message"
      data-ts={message.ts}
      data-from={message.from}
      data-ephemeral={message.ephemeral}
    >
      {message.ephemeral && (
        <p class="message__only-you">
          <Icon name="eye" size={14} /> Only visible to you
        </p>
      )}
      <div class="message__side">
        {isContinued ? (
          <time class="message__time message__time--side" dateTime={at.toISOString()} title={when}>
            {time.replace(/ [AP]M$/, '')}
          </time>
        ) : (
          <Avatar id={message.from} />
        )}
      </div>
      <div class="message__main">
        {!isContinued && (
          <MessageHead message={message} author={author}>
            <time class="message__time" dateTime={at.toISOString()} title={when}>
              {time}
            </time>
          </MessageHead>
        )}
        <div class="message__body">
          {message.blocks.length > 0 ? (
            <SurfaceProvider where={where}>
              <Blocks blocks={message.blocks} />
            </SurfaceProvider>
          ) : (
            <div class="block-text">
              <Mrkdwn text={message.text} />
            </div>
          )}
          {message.edited && !message.ephemeral && <span class="message__edited">(edited)</span>}
          {message.files.map((file) => (
            <FileCard key={file.id} file={file} />
          ))}
        </div>
        {!inThread && message.reply_count > 0 && (
          <ThreadLink message={message} now={viewpoint.now} onOpen={openThread} />
        )}
      </div>
      {!message.ephemeral && !inThread && (
        <div class="message__tools">
          <button
            type="button"
            class="icon-button"
            aria-label="Reply in thread"
            title="Reply in thread"
            onClick={openThread}
          >
            <Icon name="reply" size={16} />
          </button>
        </div>
      )}
    </article>
  );
}

function MessageHead({
  message,
  author,
  children,
}: {
  readonly message: UiMessage;
  readonly author: Author;
  readonly children: ComponentChildren;
}) {
  return (
    <header class="message__head">
      <strong class="message__author">{author.name}</strong>
      {message.fromBot && <span class="badge">APP</span>}
      {author.status && (
        <span class="message__status" title={author.status.text}>
          <Mrkdwn text={author.status.emoji} />
        </span>
      )}
      {author.note && <span class="badge badge--quiet">{author.note}</span>}
      {children}
    </header>
  );
}

function ThreadLink({
  message,
  now,
  onOpen,
}: {
  readonly message: UiMessage;
  readonly now: Date;
  readonly onOpen: () => void;
}) {
  return (
    <button type="button" class="thread-link" onClick={onOpen} data-testid="thread-link">
      <span class="thread-link__faces">
        {[...new Set(message.replies.map(({ from }) => from))].slice(0, 4).map((id) => (
          <Avatar key={id} id={id} size={22} />
        ))}
      </span>
      <b>
        {message.reply_count} {message.reply_count === 1 ? 'reply' : 'replies'}
      </b>
      <span class="quiet">{lastReply(message, now)}</span>
    </button>
  );
}

/** Clears what was chosen in a message when the bot edits it. */
function useDraftReset(where: UiSurface, { blocks }: UiMessage) {
  const { drafts } = useSession();
  const { clearDraft } = drafts;
  const written = JSON.stringify(blocks);
  const before = useRef(written);
  useEffect(() => {
    if (before.current === written) return;
    before.current = written;
    clearDraft(surfaceKey(where));
  }, [written, where, clearDraft]);
}

type Author = ReturnType<typeof authorOf>;

function authorOf(message: UiMessage, state: ReturnType<typeof useSession>['state']) {
  if (message.from === state.bot.userId) return { name: state.bot.name, status: null, note: undefined };
  const person = state.people.find(({ id }) => id === message.from);
  const note =
    person?.kind === 'external'
      ? person.teamName
      : person?.kind === 'guest'
        ? 'Guest'
        : person?.kind === 'deactivated'
          ? 'Deactivated'
          : undefined;
  return { name: person?.name ?? message.from, status: person?.status ?? null, note };
}

function lastReply({ replies }: UiMessage, now: Date): string {
  const last = replies.at(-1);
  return last ? `Last reply ${formatRelativeTime(new Date(Number(last.ts) * 1000), now)}` : '';
}
