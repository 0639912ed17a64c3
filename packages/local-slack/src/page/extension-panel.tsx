import { useCallback, useMemo } from 'preact/hooks';
import { fetchPanel, sendPanelAction } from './client.ts';
import type { PagePanel } from './extension.ts';
import { Icon } from './icons.tsx';
import { formatRelativeTime } from './kit/slack-date.ts';
import { useSession } from './session.tsx';

/** The panel that the page's extension contributes. */
export function ExtensionPanel({
  panel: { label, description, Content },
  onClose,
}: {
  readonly panel: PagePanel;
  readonly onClose: () => void;
}) {
  const { version, warn } = useSession();
  const act = useCallback(
    async (action: unknown) => {
      const answer = await sendPanelAction(action);
      if (!answer.ok) warn(answer.error);
    },
    [warn],
  );
  const tools = useMemo(() => ({ read: fetchPanel, act, formatRelativeTime, Icon }), [act]);

  return (
    <aside class="panel" aria-label={label} data-testid="panel">
      <header class="panel__head">
        <Icon name="cloud" size={22} />
        <div>
          <h2>{label}</h2>
          <small>{description}</small>
        </div>
        <button type="button" class="icon-button" aria-label="Hide the panel" onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </header>
      <Content {...tools} version={version} />
    </aside>
  );
}
