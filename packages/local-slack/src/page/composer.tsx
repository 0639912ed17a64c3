import type { RefObject } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { useSession } from './session.tsx';
import { complete, type Suggestion } from './suggestions.ts';

const drafts = new Map<string, string>();

/** The message field: Enter sends, Shift+Enter starts a new line; `/`, `@` and `#` open suggestions. */
export function Composer({ thread }: { readonly thread?: string }) {
  const { state } = useSession();
  const channel = state.channels.find(({ id }) => id === state.channel);
  const key = `${state.me.id}/${state.channel}/${thread ?? ''}`;
  const [text, setText] = useState(drafts.get(key) ?? '');
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  const [dismissed, setDismissed] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();

  useLayoutEffect(() => setText(drafts.get(key) ?? ''), [key]);
  useWritingField(field, key, text);

  const suggestionSources = {
    commands: thread ? [] : state.commands,
    people: state.people.filter(({ kind }) => kind !== 'deactivated'),
    channels: state.channels,
  };
  const before = text.slice(0, caret);
  const completion = dismissed === before ? undefined : complete(before, suggestionSources);
  const suggestions = completion?.suggestions ?? [];
  const command = state.commands.find(({ name }) => text.trimEnd() === name);

  const write = (next: string, at = next.length) => {
    setText(next);
    setCaret(at);
    setActive(0);
    drafts.set(key, next);
  };
  const accept = (suggestion: Suggestion) => {
    const start = text.slice(0, completion?.from ?? 0) + suggestion.insert;
    write(start + text.slice(caret), start.length);
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(start.length, start.length);
    });
  };
  const { isSending, submit } = useSubmit({ channelId: channel?.id, thread, text, write });

  const onKeyDown = (event: KeyboardEvent) => {
    const suggestion = suggestions[active] ?? suggestions[0];
    const action = keyAction(event, before, suggestion);
    if (action === 'none') return;
    event.preventDefault();
    if (action === 'send') void submit();
    else if (action === 'dismiss') setDismissed(before);
    else if (action === 'accept' && suggestion) accept(suggestion);
    else setActive((active + (action === 'next' ? 1 : suggestions.length - 1)) % suggestions.length);
  };

  if (!channel) return null;
  if (channel.closed) return <p class="composer__closed">{channel.closed}</p>;

  const place = channel.kind === 'channel' ? `#${channel.name}` : channel.name;
  return (
    <div class="composer-area">
      {suggestions.length > 0 && (
        <SuggestionList
          id={listId}
          suggestions={suggestions}
          active={active}
          onActive={setActive}
          onAccept={accept}
        />
      )}
      <div class="composer">
        <div class="composer__field">
          <textarea
            ref={field}
            rows={1}
            value={text}
            placeholder={thread ? 'Reply…' : `Message ${place}`}
            aria-label={thread ? 'Reply in the thread' : `Message ${place}`}
            aria-autocomplete="list"
            aria-controls={suggestions.length > 0 ? listId : undefined}
            aria-activedescendant={suggestions.length > 0 ? `${listId}-${active}` : undefined}
            data-testid={thread ? 'thread-composer' : 'composer'}
            onInput={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart)}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
            onKeyDown={onKeyDown}
          />
          {command && <CommandHint text={text} hint={command.usage_hint} />}
        </div>
        <ComposerBar
          thread={thread}
          text={text}
          isSending={isSending}
          onSend={() => void submit()}
          onInsert={(next) => {
            write(next);
            if (next === '/') setDismissed('');
            field.current?.focus();
          }}
        />
      </div>
    </div>
  );
}

/** Sends the text as a command or a message, one at a time. */
function useSubmit({
  channelId,
  thread,
  text,
  write,
}: {
  readonly channelId: string | undefined;
  readonly thread: string | undefined;
  readonly text: string;
  readonly write: (text: string) => void;
}) {
  const { act } = useSession();
  const [isSending, setSending] = useState(false);
  const submit = async () => {
    const trimmed = text.trim();
    if (!trimmed || !channelId || isSending) return;
    const isCommand = trimmed.startsWith('/') && !thread;
    write('');
    setSending(true);
    const answer = await act(
      isCommand
        ? { kind: 'command', channel: channelId, text: trimmed }
        : { kind: 'message', channel: channelId, text: trimmed, ...(thread && { thread_ts: thread }) },
    );
    setSending(false);
    // Put back what could not be sent.
    if (!answer.ok && !isCommand) write(trimmed);
  };
  return { isSending, submit };
}

/** Keeps the field as high as its text, and focuses it in each conversation. */
function useWritingField(field: RefObject<HTMLTextAreaElement | null>, key: string, text: string): void {
  useEffect(() => {
    // The thread's composer comes later and takes the focus from the first; a modal keeps it.
    if (!document.querySelector('[role=dialog][aria-modal]')) field.current?.focus({ preventScroll: true });
  }, [key]);
  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${Math.min(220, field.current.scrollHeight)}px`;
  }, [text]);
}

/** Returns what a key does in the field, given the text before the caret and the active suggestion. */
function keyAction(
  event: KeyboardEvent,
  before: string,
  suggestion: Suggestion | undefined,
): 'none' | 'next' | 'previous' | 'dismiss' | 'accept' | 'send' {
  if (event.isComposing) return 'none';
  if (suggestion) {
    if (event.key === 'ArrowDown') return 'next';
    if (event.key === 'ArrowUp') return 'previous';
    if (event.key === 'Escape') return 'dismiss';
    // A command that is typed in full is sent, not completed once more.
    const isComplete = suggestion.kind === 'command' && suggestion.command.name === before;
    const accepts = event.key === 'Tab' || (event.key === 'Enter' && !isComplete);
    if (accepts && !event.shiftKey) return 'accept';
  }
  return event.key === 'Enter' && !event.shiftKey ? 'send' : 'none';
}

const SUGGESTION_TITLES = { command: 'Commands', person: 'People', channel: 'Channels' };

function SuggestionList({
  id,
  suggestions,
  active,
  onActive,
  onAccept,
}: {
  readonly id: string;
  readonly suggestions: readonly Suggestion[];
  readonly active: number;
  readonly onActive: (index: number) => void;
  readonly onAccept: (suggestion: Suggestion) => void;
}) {
  return (
    <div id={id} class="completion" role="listbox" aria-label="Suggestions" data-testid="completion">
      <p class="completion__title">
        {SUGGESTION_TITLES[suggestions[0]?.kind ?? 'channel']}
        <span>↑↓ to choose · Tab to complete · Enter to use</span>
      </p>
      {suggestions.map((suggestion, index) => (
        <button
          key={suggestion.insert}
          id={`${id}-${index}`}
          type="button"
          tabIndex={-1}
          role="option"
          aria-selected={index === active}
          class={`completion__item ${index === active ? 'completion__item--active' : ''}`}
          onPointerMove={() => onActive(index)}
          onClick={() => onAccept(suggestion)}
        >
          <SuggestionLabel choice={suggestion} />
        </button>
      ))}
    </div>
  );
}

/** How a command goes on, shown behind its name. */
function CommandHint({ text, hint }: { readonly text: string; readonly hint: string | undefined }) {
  return (
    <span class="composer__hint" aria-hidden="true">
      <i>{text}</i>
      {text.endsWith(' ') ? '' : ' '}
      {hint}
    </span>
  );
}

/** The buttons below the field: commands, mentions, and send. */
function ComposerBar({
  thread,
  text,
  isSending,
  onInsert,
  onSend,
}: {
  readonly thread: string | undefined;
  readonly text: string;
  readonly isSending: boolean;
  readonly onInsert: (text: string) => void;
  readonly onSend: () => void;
}) {
  const { state } = useSession();
  return (
    <div class="composer__bar">
      {!thread && state.commands.length > 0 && (
        <button
          type="button"
          class="icon-button"
          title="Slash commands"
          aria-label="Slash commands"
          onClick={() => onInsert('/')}
        >
          <Icon name="slash" />
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        title="Mention someone"
        aria-label="Mention someone"
        onClick={() => onInsert(`${text}${text && !text.endsWith(' ') ? ' ' : ''}@`)}
      >
        <Icon name="at" />
      </button>
      {isSending && <span class="composer__sending quiet">Sending…</span>}
      <button
        type="button"
        class={`composer__send ${text.trim() ? 'composer__send--ready' : ''}`}
        disabled={!text.trim()}
        aria-label={thread ? 'Send the reply' : 'Send'}
        data-testid={thread ? 'thread-send' : 'send'}
        onClick={onSend}
      >
        <Icon name="send" />
      </button>
    </div>
  );
}

function SuggestionLabel({ choice: suggestion }: { readonly choice: Suggestion }) {
  const { state } = useSession();
  switch (suggestion.kind) {
    case 'command':
      return (
        <>
          <Avatar id={state.bot.userId} size={32} />
          <span>
            <strong>{suggestion.command.name}</strong>{' '}
            <span class="quiet">{suggestion.command.usage_hint}</span>
            <small>{suggestion.command.description}</small>
          </span>
        </>
      );
    case 'person':
      return (
        <>
          <Avatar id={suggestion.person.id} size={24} />
          <span>
            <strong>{suggestion.person.name}</strong> <span class="quiet">{suggestion.person.title}</span>
          </span>
        </>
      );
    case 'channel':
      return (
        <span>
          <span class="quiet">#</span> <strong>{suggestion.channel.name}</strong>
        </span>
      );
    default:
      return null;
  }
}
