import type {
  RichTextBlock,
  RichTextBlockElement,
  RichTextElement,
  RichTextList,
  RichTextStyleable,
} from '@slack/types';
import type { ComponentChildren } from 'preact';
import { findEmoji } from './emoji.ts';
import { ChannelMention, Emoji, GroupMention, Link, SlackTime, UserMention } from './mrkdwn.tsx';
import { safeUrl } from './mrkdwn-parser.ts';

/** A rich text block: sections, lists, quotes and preformatted text. */
export function RichText({ block }: { readonly block: Pick<RichTextBlock, 'elements'> }) {
  return (
    <div class="rich-text">
      {block.elements.map((element, index) => (
        <Part key={index} part={element} counted={itemsBefore(block.elements, index)} />
      ))}
    </div>
  );
}

function Part({
  part,
  counted: startNumber,
}: {
  readonly part: RichTextBlockElement;
  readonly counted: number;
}) {
  switch (part.type) {
    case 'rich_text_section':
      return (
        <div class="rich-text__section">
          <Run elements={part.elements} />
        </div>
      );
    case 'rich_text_list':
      return <List list={part} counted={startNumber} />;
    case 'rich_text_quote':
      return (
        <blockquote class="quote">
          <Run elements={part.elements} />
        </blockquote>
      );
    case 'rich_text_preformatted':
      return (
        <pre class="preformatted">
          <Run elements={part.elements} />
        </pre>
      );
    default:
      return null;
  }
}

function List({ list, counted: startNumber }: { readonly list: RichTextList; readonly counted: number }) {
  const indent = list.indent ?? 0;
  const offset = (list as RichTextList & { readonly offset?: number }).offset ?? startNumber;
  const items = list.elements.map((item, index) => (
    <li key={index}>
      <Run elements={item.elements} />
    </li>
  ));
  const shape = `rich-text__list rich-text__list--${indent % 3} ${list.border ? 'rich-text__list--border' : ''}`;
  const style = { marginLeft: `${indent * 24}px` };
  return list.style === 'ordered' ? (
    <ol class={shape} style={style} start={offset + 1}>
      {items}
    </ol>
  ) : (
    <ul class={shape} style={style}>
      {items}
    </ul>
  );
}

/** How far an ordered list has counted before it was interrupted by a deeper one. */
function itemsBefore(parts: readonly RichTextBlockElement[], index: number): number {
  const list = parts[index];
  if (list?.type !== 'rich_text_list' || list.style !== 'ordered') return 0;
  let startNumber = 0;
  for (let before = index - 1; before >= 0; before -= 1) {
    const other = parts[before];
    if (other?.type !== 'rich_text_list' || (other.indent ?? 0) < (list.indent ?? 0)) break;
    if ((other.indent ?? 0) > (list.indent ?? 0)) continue;
    if (other.style !== 'ordered') break;
    startNumber += other.elements.length;
  }
  return startNumber;
}

function Run({ elements }: { readonly elements: readonly RichTextElement[] }) {
  return (
    <>
      {elements.map((element, index) => (
        <Styled key={index} style={element.style}>
          <Piece element={element} />
        </Styled>
      ))}
    </>
  );
}

function Piece({ element }: { readonly element: RichTextElement }): ComponentChildren {
  switch (element.type) {
    case 'text':
      return <span class="prewrap">{element.text}</span>;
    case 'link': {
      const url = safeUrl(element.url);
      const label = element.text ?? element.url;
      return url ? <Link url={url}>{label}</Link> : label;
    }
    case 'emoji': {
      const character = element.unicode ? fromHex(element.unicode) : findEmoji(element.name);
      return character ? <Emoji name={element.name} character={character} /> : `:${element.name}:`;
    }
    case 'user':
      return <UserMention id={element.user_id} />;
    case 'usergroup':
      return <GroupMention id={element.usergroup_id} />;
    case 'channel':
      return <ChannelMention id={element.channel_id} />;
    case 'team':
      return <span class="mention">{element.team_id}</span>;
    case 'broadcast':
      return <span class="mention mention--me">@{element.range}</span>;
    case 'date':
      return (
        <SlackTime
          timestamp={element.timestamp}
          format={element.format}
          url={element.url && safeUrl(element.url)}
        />
      );
    case 'color':
      return (
        <span>
          <span
            class="swatch"
            style={{ background: /^#[0-9a-f]{3,8}$/i.test(element.value) ? element.value : 'none' }}
          />
          {element.value}
        </span>
      );
    default:
      return null;
  }
}

function Styled({
  style,
  children,
}: {
  readonly style: RichTextStyleable['style'];
  readonly children: ComponentChildren;
}) {
  let drawn = <>{children}</>;
  if (style?.code) drawn = <code class="code">{drawn}</code>;
  if (style?.strike) drawn = <s>{drawn}</s>;
  if (style?.underline) drawn = <u>{drawn}</u>;
  if (style?.italic) drawn = <em>{drawn}</em>;
  if (style?.bold) drawn = <strong>{drawn}</strong>;
  return drawn;
}

function fromHex(unicode: string): string | undefined {
  const points = unicode.split('-').map((hex) => Number.parseInt(hex, 16));
  return points.every((point) => point > 0 && point <= 0x10ffff)
    ? String.fromCodePoint(...points)
    : undefined;
}
