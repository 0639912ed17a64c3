import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Avatar } from './avatar.tsx';
import { Icon } from './icons.tsx';
import { useSession } from './session.tsx';
import { complete, type Suggestion } from './suggestions.ts';

const drafts = new Map<string, string>();

/** Where one writes: Enter sends, Shift+Enter begins a line, a slash, @ or # offers what could follow. */
export function Composer({ thread }: { readonly thread?: string }) {
  const { state, act } = useSession();
  const channel = state.channels.find(({ id }) => id === state.channel);
  const key = `${state.me.id}/${state.channel}/${thread ?? ''}`;
  const [text, setText] = useState(drafts.get(key) ?? '');
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState(0);
  const [dismissed, setDismissed] = useState('');
  const [isSending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();

  useLayoutEffect(() => setText(drafts.get(key) ?? ''), [key]);
  useEffect(() => {
    // The thread's composer comes later and takes the focus from the first; a modal keeps it.
    if (!document.querySelector('[role=dialog][aria-modal]')) field.current?.focus({ preventScroll: true });
    // In another conversation one wants to write as well.
  }, [key]);
  // The field is as high as its text.
  useLayoutEffect(() => {
    if (!field.current) return;
    field.current.style.height = 'auto';
    field.current.style.height = `${Math.min(220, field.current.scrollHeight)}px`;
  }, [text]);

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
  const submit = async () => {
    const trimmed = text.trim();
    if (!trimmed || !channel || isSending) return;
    const isCommand = trimmed.startsWith('/') && !thread;
    write('');
    setSending(true);
    const answer = await act(
      isCommand
        ? { kind: 'command', channel: channel.id, text: trimmed }
        : { kind: 'message', channel: channel.id, text: trimmed, ...(thread && { thread_ts: thread }) },
    );
    setSending(false);
    // What could not be sent is not lost.
    if (!answer.ok && !isCommand) write(trimmed);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const suggestion = suggestions[active] ?? suggestions[0];
    if (suggestion && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      setActive((active + (event.key === 'ArrowDown' ? 1 : suggestions.length - 1)) % suggestions.length);
    } else if (suggestion && event.key === 'Escape') {
      event.preventDefault();
      setDismissed(before);
    } else if (suggestion && (event.key === 'Tab' || event.key === 'Enter') && !event.shiftKey) {
      // A command that is written out in full is sent, not completed once more.
      if (event.key === 'Enter' && suggestion.kind === 'command' && suggestion.command.name === before) {
        event.preventDefault();
        void submit();
        return;
      }
      event.preventDefault();
      accept(suggestion);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void submit();
    }
  };

  if (!channel) return null;
  if (channel.closed) return <p class="composer__closed">{channel.closed}</p>;

  const place = channel.kind === 'channel' ? `#${channel.name}` : channel.name;
  return (
    <div class="composer-area">
      {suggestions.length > 0 && (
        <div id={listId} class="completion" role="listbox" aria-label="Suggestions" data-testid="completion">
          <p class="completion__title">
            {suggestions[0]?.kind === 'command'
              ? 'Commands'
              : suggestions[0]?.kind === 'person'
                ? 'People'
                : 'Channels'}
            <span>↑↓ to choose · Tab to complete · Enter to use</span>
          </p>
          {suggestions.map((suggestion, index) => (
            <button
              key={suggestion.insert}
              id={`${listId}-${index}`}
              type="button"
              tabIndex={-1}
              role="option"
              aria-selected={index === active}
              class={`completion__item ${index === active ? 'completion__item--active' : ''}`}
              onPointerMove={() => setActive(index)}
              onClick={() => accept(suggestion)}
            >
              <SuggestionLabel choice={suggestion} />
            </button>
          ))}
        </div>
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
          {command && (
            <span class="composer__hint" aria-hidden="true">
              <i>{text}</i>
              {text.endsWith(' ') ? '' : ' '}
              {command.usage_hint}
            </span>
          )}
        </div>
        <div class="composer__bar">
          {!thread && state.commands.length > 0 && (
            <button
              type="button"
              class="icon-button"
              title="Slash commands"
              aria-label="Slash commands"
              onClick={() => {
                write('/');
                setDismissed('');
                field.current?.focus();
              }}
            >
              <Icon name="slash" />
            </button>
          )}
          <button
            type="button"
            class="icon-button"
            title="Mention someone"
            aria-label="Mention someone"
            onClick={() => {
              const next = `${text}${text && !text.endsWith(' ') ? ' ' : ''}@`;
              write(next);
              field.current?.focus();
            }}
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
            onClick={() => void submit()}
          >
            <Icon name="send" />
          </button>
        </div>
      </div>
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
