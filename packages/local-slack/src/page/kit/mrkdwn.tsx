import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { useSession } from '../session.tsx';
import { type InlinePiece, parseMrkdwn } from './mrkdwn-parser.ts';
import { formatRelativeTime, slackDate } from './slack-date.ts';

/** A text in Slack's own markup, drawn. */
export function Mrkdwn({ text }: { readonly text: string }) {
  const passages = useMemo(() => parseMrkdwn(text), [text]);
  return (
    <>
      {passages.map((passage, index) => {
        const key = `${index} ${passage.kind}`;
        switch (passage.kind) {
          case 'lines':
            return (
              <span key={key} class="lines">
                <Pieces pieces={passage.children} />
              </span>
            );
          case 'quote':
            return (
              <blockquote key={key} class="quote">
                <Pieces pieces={passage.children} />
              </blockquote>
            );
          case 'preformatted':
            return (
              <pre key={key} class="preformatted">
                {passage.text}
              </pre>
            );
          default:
            return null;
        }
      })}
    </>
  );
}

/** Pieces of a line, one after the other. */
export function Pieces({ pieces }: { readonly pieces: readonly InlinePiece[] }) {
  return (
    <>
      {pieces.map((piece, index) => (
        <Piece key={index} piece={piece} />
      ))}
    </>
  );
}

function Piece({ piece }: { readonly piece: InlinePiece }): ComponentChildren {
  switch (piece.kind) {
    case 'text':
      return piece.text;
    case 'break':
      return <br />;
    case 'bold':
      return (
        <strong>
          <Pieces pieces={piece.children} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Pieces pieces={piece.children} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <Pieces pieces={piece.children} />
        </s>
      );
    case 'code':
      return <code class="code">{piece.text}</code>;
    case 'link':
      return <Link url={piece.url}>{piece.label}</Link>;
    case 'user':
      return <UserMention id={piece.id} label={piece.label} />;
    case 'channel':
      return <ChannelMention id={piece.id} label={piece.label} />;
    case 'usergroup':
      return <GroupMention id={piece.id} label={piece.label} />;
    case 'broadcast':
      return <span class="mention mention--me">@{piece.range}</span>;
    case 'date':
      return <SlackTime timestamp={piece.timestamp} format={piece.format} url={piece.url} />;
    case 'emoji':
      return <Emoji name={piece.name} character={piece.character} />;
    default:
      return null;
  }
}

/** An address to press on, opened beside the page. */
export function Link({ url, children }: { readonly url: string; readonly children: ComponentChildren }) {
  return (
    <a class="link" href={url} target="_blank" rel="noopener noreferrer" title={url}>
      {children}
    </a>
  );
}

/** A person's name, with the reader's own in yellow as in Slack. */
export function UserMention({ id, label }: { readonly id: string; readonly label?: string | undefined }) {
  const { state } = useSession();
  const name =
    state.people.find((person) => person.id === id)?.name ??
    (id === state.bot.userId ? state.bot.name : label);
  return <span class={`mention ${id === state.me.id ? 'mention--me' : ''}`}>@{name ?? id}</span>;
}

/** A channel's name; pressing it goes there. */
export function ChannelMention({ id, label }: { readonly id: string; readonly label?: string | undefined }) {
  const { state, go } = useSession();
  const channel = state.channels.find((other) => other.id === id);
  if (!channel) return <span class="mention">#{label ?? 'private-channel'}</span>;
  return (
    <button type="button" class="mention mention--link" onClick={() => go({ channel: id })}>
      #{channel.name}
    </button>
  );
}

/** A user group's handle. */
export function GroupMention({ id, label }: { readonly id: string; readonly label?: string | undefined }) {
  const { state } = useSession();
  const handle = state.userGroups.find((group) => group.id === id)?.handle ?? label?.replace(/^@/, '') ?? id;
  return <span class="mention">@{handle}</span>;
}

/** A time in the reader's own time zone, by the workspace's clock. */
export function SlackTime({
  timestamp,
  format,
  url,
}: {
  readonly timestamp: number;
  readonly format: string;
  readonly url?: string | undefined;
}) {
  const { state } = useSession();
  const now = new Date(state.now);
  const at = new Date(timestamp * 1000);
  const drawn = (
    <time dateTime={at.toISOString()} title={formatRelativeTime(at, now)}>
      {slackDate(timestamp, format, { now, tz: state.me.tz })}
    </time>
  );
  return url ? <Link url={url}>{drawn}</Link> : drawn;
}

/** An emoji, with its name for those who hover over it or listen. */
export function Emoji({ name, character }: { readonly name: string; readonly character: string }) {
  return (
    <span class="emoji" role="img" aria-label={name.replaceAll('_', ' ')} title={`:${name}:`}>
      {character}
    </span>
  );
}
