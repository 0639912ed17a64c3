import { Composer } from './composer.tsx';
import { Icon } from './icons.tsx';
import { Message } from './message.tsx';
import { useSession } from './session.tsx';

/** The thread that was opened beside the conversation. */
export function ThreadPane({ ts }: { readonly ts: string }) {
  const { state, go, route } = useSession();
  const root = state.messages.find((message) => message.ts === ts);
  const channel = state.channels.find(({ id }) => id === state.channel);
  const close = () => go({ channel: route.channel });
  return (
    <aside
      class="side-pane"
      aria-label="Thread"
      data-testid="thread"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) close();
      }}
    >
      <header class="side-pane__head">
        <h2>
          Thread{' '}
          <span class="quiet">{channel?.kind === 'channel' ? `# ${channel.name}` : channel?.name}</span>
        </h2>
        <button type="button" class="icon-button" aria-label="Close the thread" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="side-pane__body">
        {root ? (
          <>
            <Message message={root} inThread={true} />
            {root.replies.length > 0 && (
              <div class="thread-count">
                <span>
                  {root.replies.length} {root.replies.length === 1 ? 'reply' : 'replies'}
                </span>
              </div>
            )}
            {root.replies.map((reply) => (
              <Message key={reply.ts} message={reply} inThread={true} />
            ))}
          </>
        ) : (
          <p class="quiet">This message is gone.</p>
        )}
      </div>
      {root && <Composer key={ts} thread={ts} />}
    </aside>
  );
}
