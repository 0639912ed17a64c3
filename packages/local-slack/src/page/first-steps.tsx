import { Icon } from './icons.tsx';
import { useSession } from './session.tsx';
import { useStoredFlag } from './use-stored-flag.ts';

/** What to try first, for people who see the page for the first time. Gone once dismissed. */
export function FirstSteps({ more }: { readonly more: string | undefined }) {
  const { state, act } = useSession();
  const [isNew, setNew] = useStoredFlag('first-steps', true);
  const channel = state.channels.find(({ id }) => id === state.channel);
  const command = state.commands[0]?.name;
  if (!isNew || channel?.kind !== 'channel' || channel.closed || !command) return null;

  return (
    <aside class="first-steps" aria-label="First steps" data-testid="first-steps">
      <p>
        <strong>New here?</strong> Try{' '}
        <button
          type="button"
          class="button button--small"
          onClick={() => void act({ kind: 'command', channel: channel.id, text: command })}
        >
          {command}
        </button>
        , or switch to another person at the top left. {more}
      </p>
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => setNew(false)}>
        <Icon name="close" size={14} />
      </button>
    </aside>
  );
}
