import type {
  ActionsBlock,
  CardBlock,
  CarouselBlock,
  ContainerBlock,
  ContextActionsBlock,
  ContextBlock,
  ImageBlock,
  InputBlock,
  KnownBlock,
  PlanBlock,
  SectionBlock,
  TaskCardBlock,
  VideoBlock,
} from '@slack/types';
import { Component, type ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { BlockJson } from '../../ui-contract.ts';
import { Icon } from '../icons.tsx';
import { useSurface } from '../surface.tsx';
import { Chart } from './chart.tsx';
import type { ChartBlockJson } from './chart-geometry.ts';
import { Element } from './elements.tsx';
import { replaceShortcodes } from './emoji.ts';
import { Image } from './image.tsx';
import { mrkdwnOfMarkdown } from './markdown.ts';
import { Link, Mrkdwn } from './mrkdwn.tsx';
import { safeUrl } from './mrkdwn-parser.ts';
import { RichText } from './rich-text.tsx';
import { DataTable, PlainTable } from './table.tsx';
import { plainTextOf, Text } from './text.tsx';

/** Blocks, one under the other. A block that cannot be drawn says so and leaves the others alone. */
export function Blocks({ blocks }: { readonly blocks: readonly BlockJson[] }) {
  return (
    <div class="blocks">
      {blocks.map((block, index) => {
        const id = typeof block['block_id'] === 'string' ? block['block_id'] : String(index);
        return (
          <ErrorBoundary key={`${id} ${String(block['type'])}`} what={String(block['type'])} drawn={block}>
            {/* The server has checked every block against Slack's rules before it stored it. */}
            <Block block={block as unknown as KnownBlock | ChartBlockJson} blockId={id} />
          </ErrorBoundary>
        );
      })}
    </div>
  );
}

function Block({
  block,
  blockId,
}: {
  readonly block: KnownBlock | ChartBlockJson;
  readonly blockId: string;
}) {
  switch (block.type) {
    case 'header':
      return <h2 class="block-header">{plainTextOf(block.text)}</h2>;
    case 'section':
      return <Section block={block} blockId={blockId} />;
    case 'divider':
      return <hr class="block-divider" />;
    case 'context':
      return <Context block={block} />;
    case 'actions':
    case 'context_actions':
      return <Actions block={block} blockId={blockId} />;
    case 'input':
      return <Input block={block} blockId={blockId} />;
    case 'rich_text':
      return <RichText block={block} />;
    case 'markdown':
      return <Mrkdwn text={mrkdwnOfMarkdown(block.text)} />;
    case 'image':
      return <ImageWithTitle block={block} />;
    case 'table':
      return <PlainTable block={block} />;
    case 'data_table':
      return <DataTable block={block} />;
    case 'data_visualization':
      return <Chart block={block} />;
    case 'alert':
      return (
        <div class={`block-alert block-alert--${block.level ?? 'default'}`} role="note">
          <Text text={block.text} />
        </div>
      );
    case 'card':
      return <Card block={block} blockId={blockId} />;
    case 'carousel':
      return <Carousel block={block} blockId={blockId} />;
    case 'container':
      return <Container block={block} />;
    case 'task_card':
      return <Task task={block} />;
    case 'plan':
      return <Plan block={block} />;
    case 'video':
      return <Video block={block} />;
    case 'file':
      return <span class="not-drawn">A remote file: {block.external_id}</span>;
    default:
      return <UnsupportedBlock what={(block as { type: string }).type} />;
  }
}

function Context({ block }: { readonly block: ContextBlock }) {
  return (
    <div class="block-context">
      {block.elements.map((element, index) =>
        element.type === 'image' ? (
          <Image key={index} image={element} shape="context" />
        ) : (
          <span key={index}>
            <Text text={element} />
          </span>
        ),
      )}
    </div>
  );
}

function Actions({
  block,
  blockId,
}: {
  readonly block: ActionsBlock | ContextActionsBlock;
  readonly blockId: string;
}) {
  return (
    <div class="block-actions" data-block-id={blockId}>
      {block.elements.map((element, index) => (
        <Element
          key={('action_id' in element && element.action_id) || index}
          element={element}
          blockId={blockId}
          dispatches={true}
        />
      ))}
    </div>
  );
}

function Carousel({ block, blockId }: { readonly block: CarouselBlock; readonly blockId: string }) {
  return (
    <div class="block-carousel">
      {block.elements.map((card, index) => (
        <Card key={card.block_id ?? index} block={card} blockId={card.block_id ?? `${blockId}-${index}`} />
      ))}
    </div>
  );
}

function Plan({ block }: { readonly block: PlanBlock }) {
  return (
    <div class="block-plan">
      <strong>{replaceShortcodes(block.title)}</strong>
      {(block.tasks ?? []).map((task) => (
        <Task key={String(task['task_id' as never])} task={task as TaskCardBlock} />
      ))}
    </div>
  );
}

function Video({ block }: { readonly block: VideoBlock }) {
  const title = plainTextOf(block.title);
  return (
    <div class="block-card">
      <strong>{block.title_url ? <Link url={block.title_url}>{title}</Link> : title}</strong>
      {block.description && <p>{plainTextOf(block.description)}</p>}
      <span class="quiet">{block.alt_text}</span>
    </div>
  );
}

function Section({ block, blockId }: { readonly block: SectionBlock; readonly blockId: string }) {
  const { text, fields = [], accessory } = block;
  return (
    <div class="block-section" data-block-id={blockId}>
      <div class="block-section__text">
        {text && (
          <div class="block-text">
            <Text text={text} />
          </div>
        )}
        {fields.length > 0 && (
          <div class="block-fields">
            {fields.map((field, index) => (
              <div key={index} class="block-text">
                <Text text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div class="block-section__accessory">
          <Element element={accessory} blockId={blockId} label={text ? text.text : ''} dispatches={true} />
        </div>
      )}
    </div>
  );
}

function Input({ block, blockId }: { readonly block: InputBlock; readonly blockId: string }) {
  const { errorOf } = useSurface();
  const error = errorOf(blockId);
  const label = plainTextOf(block.label);
  const id = useId();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a look of its own
    <div
      class={`block-input ${error ? 'block-input--wrong' : ''}`}
      role="group"
      aria-label={label}
      aria-describedby={`${id}-error ${id}-hint`}
      data-block-id={blockId}
    >
      <div class="block-input__label">
        {label}
        {block.optional && <span class="quiet"> (optional)</span>}
      </div>
      <Element
        element={block.element}
        blockId={blockId}
        label={label}
        dispatches={block.dispatch_action === true}
      />
      {error && (
        <p id={`${id}-error`} class="block-input__error" role="alert" data-testid="input-error">
          <Icon name="warning" size={14} /> {error}
        </p>
      )}
      {block.hint && (
        <p id={`${id}-hint`} class="block-input__hint">
          {plainTextOf(block.hint)}
        </p>
      )}
    </div>
  );
}

function ImageWithTitle({ block }: { readonly block: ImageBlock }) {
  const [isShown, setShown] = useState(true);
  return (
    <figure class="block-image">
      {block.title && (
        <button
          type="button"
          class="block-image__title"
          aria-expanded={isShown}
          onClick={() => setShown(!isShown)}
        >
          {plainTextOf(block.title)} <Icon name={isShown ? 'down' : 'right'} size={12} />
        </button>
      )}
      {isShown && <Image image={block} shape="block" />}
    </figure>
  );
}

function Card({ block, blockId }: { readonly block: CardBlock; readonly blockId: string }) {
  return (
    <div class="block-card" data-block-id={blockId}>
      {block.hero_image && <Image image={block.hero_image} shape="block" />}
      <div class="block-card__title">
        {block.icon && <Image image={block.icon} shape="context" />}
        <strong>
          <Text text={block.title} />
        </strong>
      </div>
      {block.subtitle && (
        <div class="quiet">
          <Text text={block.subtitle} />
        </div>
      )}
      {block.body && <Text text={block.body} />}
      {block.actions && (
        <div class="block-actions">
          {block.actions.map((button) => (
            <Element key={button.action_id} element={button} blockId={blockId} dispatches={true} />
          ))}
        </div>
      )}
    </div>
  );
}

function Container({ block }: { readonly block: ContainerBlock }) {
  const isCollapsible = block.is_collapsible !== false;
  const [isOpen, setOpen] = useState(!(isCollapsible && block.default_collapsed));
  const title = block.rich_text_title ? <RichText block={block.rich_text_title} /> : plainTextOf(block.title);
  return (
    <section class="block-container">
      <button
        type="button"
        class="block-container__title"
        disabled={!isCollapsible}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isCollapsible && <Icon name={isOpen ? 'down' : 'right'} size={14} />}
        <strong>{title}</strong>
        {block.subtitle && (
          <span class="quiet">
            <Text text={block.subtitle} />
          </span>
        )}
      </button>
      {isOpen && <Blocks blocks={block.child_blocks as unknown as readonly BlockJson[]} />}
    </section>
  );
}

const TASK_MARKS = { pending: '○', in_progress: '◐', complete: '✓', error: '✕' };

function Task({ task }: { readonly task: TaskCardBlock }) {
  return (
    <div class={`block-task block-task--${task.status}`}>
      <span class="block-task__mark" aria-hidden="true">
        {TASK_MARKS[task.status]}
      </span>
      <div>
        {replaceShortcodes(task.title)}
        {task.details && <RichText block={task.details} />}
        {task.output && <RichText block={task.output} />}
        {(task.sources ?? []).map(({ url, text }) => {
          const address = safeUrl(url);
          return address ? (
            <Link key={url} url={address}>
              {text}
            </Link>
          ) : null;
        })}
      </div>
    </div>
  );
}

function UnsupportedBlock({ what }: { readonly what: string }) {
  return <span class="not-drawn">This page cannot draw this “{what}” block</span>;
}

/** Keeps a block that throws from taking the page with it, until the block changes. */
class ErrorBoundary extends Component<
  { readonly what: string; readonly drawn: BlockJson; readonly children: ComponentChildren },
  { readonly failed: BlockJson | null }
> {
  override state = { failed: null as BlockJson | null };

  override componentDidCatch(): void {
    this.setState({ failed: this.props.drawn });
  }

  override render() {
    return this.state.failed === this.props.drawn ? (
      <UnsupportedBlock what={this.props.what} />
    ) : (
      this.props.children
    );
  }
}
