import { useCallback, useEffect, useState } from 'preact/hooks';
import { ChannelHeader } from './channel-header.tsx';
import { Composer } from './composer.tsx';
import { ConfirmProvider } from './confirm.tsx';
import { Conversation } from './conversation.tsx';
import type { PageExtension } from './extension.ts';
import { ExtensionPanel } from './extension-panel.tsx';
import { FirstSteps } from './first-steps.tsx';
import { HomeTab } from './home-tab.tsx';
import { Icon } from './icons.tsx';
import { Modals } from './modal.tsx';
import { PersonSwitcher } from './person-switcher.tsx';
import { SessionProvider, useSession } from './session.tsx';
import { Sidebar } from './sidebar.tsx';
import { ThreadPane } from './thread-pane.tsx';
import { TrafficDrawer } from './traffic-drawer.tsx';
import { useMedia } from './use-media.ts';
import { useStoredFlag } from './use-stored-flag.ts';

/** The whole page. */
export function App({ extension }: { readonly extension: PageExtension }) {
  return (
    <SessionProvider waiting={(problem) => <LoadingScreen problem={problem} />}>
      <ConfirmProvider>
        <Workspace extension={extension} />
      </ConfirmProvider>
    </SessionProvider>
  );
}

function Workspace({ extension }: { readonly extension: PageExtension }) {
  const { state, route, go, act, isOnline } = useSession();
  const { panel } = extension;
  const [isPanelOpen, setPanelOpen] = useStoredFlag('panel', innerWidth >= 1180);
  const [isTrafficOpen, setTrafficOpen] = useStoredFlag('traffic', false);
  const [isMenuOpen, setMenuOpen] = useState(false);
  const channel = state.channels.find(({ id }) => id === state.channel);
  const isHome = channel?.kind === 'app' && route.tab === 'home';
  const thread = isHome ? undefined : route.thread;

  // A thread takes the panel's place where there is no room for both.
  const isNarrow = useMedia('(max-width: 1440px)');
  const isPanelShown = isPanelOpen && !(thread && isNarrow);
  const togglePanel = () => {
    if (thread && isNarrow) go({ channel: route.channel });
    setPanelOpen(!isPanelShown);
  };
  const closeMenu = useCallback(() => setMenuOpen(false), []);
  useDismiss(isMenuOpen, '.sidebar, .topbar__menu', closeMenu);

  // Only the place in the address: what the server chose is on its way there.
  const isSettled = route.channel === channel?.id && route.user === state.me.id;
  useEffect(() => {
    if (isHome && isSettled) void act({ kind: 'openHome' });
  }, [isHome, isSettled, act]);
  useEffect(() => {
    document.title = `${isHome ? 'Home' : (channel?.name ?? 'No conversation')} · ${state.team.name} (not Slack)`;
  }, [isHome, channel?.name, state.team.name]);

  return (
    <div class={`page ${isMenuOpen ? 'page--menu' : ''}`}>
      <div class="banner" role="note" data-testid="banner">
        <Icon name="warning" size={16} />
        <strong>{state.banner}</strong>
      </div>
      <div class="topbar">
        <button
          type="button"
          class="topbar__menu"
          aria-label="Conversations"
          aria-expanded={isMenuOpen}
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          <Icon name="menu" />
        </button>
        <PersonSwitcher />
        <span class="topbar__space" />
        {!isOnline && (
          <span class="topbar__offline" role="status">
            Reconnecting…
          </span>
        )}
        <button
          type="button"
          class={`topbar__button ${isTrafficOpen ? 'topbar__button--on' : ''}`}
          aria-pressed={isTrafficOpen}
          aria-label="API calls"
          data-testid="toggle-traffic"
          onClick={() => setTrafficOpen(!isTrafficOpen)}
        >
          <Icon name="pulse" size={16} /> <span>API calls</span>
        </button>
        {panel && (
          <button
            type="button"
            class={`topbar__button ${isPanelShown ? 'topbar__button--on' : ''}`}
            aria-pressed={isPanelShown}
            aria-label={panel.label}
            data-testid="toggle-panel"
            onClick={togglePanel}
          >
            <Icon name="cloud" size={16} /> <span>{panel.label}</span>
          </button>
        )}
      </div>
      <div class="columns">
        <Sidebar onPick={closeMenu} />
        <main class="main">
          <ChannelHeader />
          {isHome ? (
            <HomeTab />
          ) : (
            <>
              <Conversation />
              <FirstSteps more={extension.firstSteps} />
              <Composer />
            </>
          )}
          {isTrafficOpen && <TrafficDrawer onClose={() => setTrafficOpen(false)} />}
        </main>
        {thread && <ThreadPane ts={thread} />}
        {panel && isPanelShown && <ExtensionPanel panel={panel} onClose={() => setPanelOpen(false)} />}
      </div>
      <Modals />
      <Toasts />
    </div>
  );
}

function Toasts() {
  const { toasts, dismiss } = useSession();
  return (
    <div class="toasts" role="alert" aria-live="assertive">
      {toasts.map(({ id, text }) => (
        <div key={id} class="toast" data-testid="toast">
          <Icon name="warning" size={18} />
          <span>{text}</span>
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => dismiss(id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </div>
  );
}

function LoadingScreen({ problem }: { readonly problem: string | undefined }) {
  return (
    <div class="waiting">
      <div class="banner" role="note">
        <strong>This is a local stand-in, not Slack.</strong>
      </div>
      <p>{problem ?? 'One moment…'}</p>
      {problem && (
        <a class="button" href="/">
          Start over
        </a>
      )}
    </div>
  );
}

/** Closes something that lies over the page on Escape, and on a press outside of the parts that `inside` selects. */
function useDismiss(isOpen: boolean, inside: string, close: () => void) {
  useEffect(() => {
    if (!isOpen) return;
    const press = ({ target }: PointerEvent) => {
      if (target instanceof Element && !target.closest(inside)) close();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close();
    };
    addEventListener('pointerdown', press);
    addEventListener('keydown', key);
    return () => {
      removeEventListener('pointerdown', press);
      removeEventListener('keydown', key);
    };
  }, [isOpen, inside, close]);
}
