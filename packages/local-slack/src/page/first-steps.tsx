import { Icon } from './icons.tsx';
import { useSession } from './session.tsx';
import { useStoredFlag } from './use-stored-flag.ts';

/** What one may do here, for those who see the page for the first time; gone once they put it away. */
export function FirstSteps({ hasPanel }: { readonly hasPanel: boolean }) {
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
        , be somebody else at the top left
        {hasPanel ? ', or play AWS at the right: give root a key, let a day pass.' : '.'}
      </p>
      <button type="button" class="icon-button" aria-label="Put this away" onClick={() => setNew(false)}>
        <Icon name="close" size={14} />
      </button>
    </aside>
  );
}
