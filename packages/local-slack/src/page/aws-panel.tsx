import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { fetchPanel, sendPanelAction } from './client.ts';
import { Icon } from './icons.tsx';
import { formatRelativeTime } from './kit/slack-date.ts';
import type { PanelAccount, PanelAction, PanelState } from './panel-contract.ts';
import { useSession } from './session.tsx';

const PAGE_SIZE = 60;
const REFRESH_MS = 4000;

/** The simulated organization; undefined where there is none, or as long as nobody knows. */
export function usePanel() {
  const { version, warn } = useSession();
  const [panel, setPanel] = useState<PanelState>();
  const isThere = useRef(true);

  const refresh = useCallback(async () => {
    if (!isThere.current || document.visibilityState === 'hidden') return;
    try {
      const fetched = await fetchPanel();
      isThere.current = fetched !== undefined;
      setPanel(fetched);
    } catch {
      // The page says already that the line is down.
    }
  }, []);
  // A change in the workspace often comes from one in the cloud.
  useEffect(() => void refresh(), [refresh, version]);
  useEffect(() => {
    const timer = setInterval(() => void refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [refresh]);

  const act = useCallback(
    async (action: PanelAction) => {
      const answer = await sendPanelAction(action);
      if (!answer.ok) warn(answer.error);
      await refresh();
    },
    [warn, refresh],
  );
  return { panel, act };
}

/** Where one plays the cloud: give and take MFA, refuse the bot, let the clock run. */
export function AwsPanel({
  panel,
  act,
  onClose,
}: {
  readonly panel: PanelState;
  readonly act: (action: PanelAction) => Promise<void>;
  readonly onClose: () => void;
}) {
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState<string>();
  const [busy, setBusy] = useState<string>();
  const [limit, setLimit] = useState(PAGE_SIZE);
  const found = filterAccounts(panel.accounts, query);
  const now = new Date(panel.now);

  const run = async (name: string, action: PanelAction) => {
    setBusy(name);
    await act(action);
    setBusy(undefined);
  };
  const counts = { good: 0, bad: 0, unsure: 0, none: 0 };
  for (const { tone } of panel.accounts) counts[tone] += 1;

  return (
    <aside class="panel" aria-label="Play AWS" data-testid="panel">
      <header class="panel__head">
        <Icon name="cloud" size={22} />
        <div>
          <h2>Play AWS</h2>
          <small>A simulated organization. Change it, and see what the bot says.</small>
        </div>
        <button type="button" class="icon-button" aria-label="Hide the panel" onClick={onClose}>
          <Icon name="close" size={16} />
        </button>
      </header>

      <section class="panel__clock">
        <div class="panel__now">
          <Icon name="clock" size={16} />
          <time dateTime={panel.now} data-testid="panel-now">
            {now.toLocaleString('en-US', {
              weekday: 'short',
              month: 'short',
              day: 'numeric',
              hour: 'numeric',
              minute: '2-digit',
              timeZone: 'UTC',
            })}{' '}
            UTC
          </time>
        </div>
        <div class="panel__steps">
          {panel.clockSteps.map(({ label, action }) => (
            <button
              key={label}
              type="button"
              class={`button button--small ${busy === label ? 'button--busy' : ''}`}
              disabled={busy !== undefined}
              data-testid={action.action === 'advance-clock' ? `clock-${action.by}` : undefined}
              onClick={() => void run(label, action)}
            >
              {label}
            </button>
          ))}
        </div>
        <div class="panel__scan">
          <span class="quiet">
            {panel.lastScan
              ? `The bot last looked ${formatRelativeTime(new Date(panel.lastScan), now)}`
              : 'The bot has not looked yet'}
          </span>
          <button
            type="button"
            class={`button button--small ${busy === 'scan' ? 'button--busy' : ''}`}
            disabled={busy !== undefined}
            data-testid="panel-scan"
            onClick={() => void run('scan', { action: 'scan' })}
          >
            Scan now
          </button>
        </div>
      </section>

      <div class="panel__search">
        <Icon name="search" size={16} />
        <input
          value={query}
          placeholder={`Search ${panel.accounts.length.toLocaleString('en-US')} accounts`}
          aria-label="Search accounts"
          data-testid="panel-search"
          onInput={(event) => {
            setQuery(event.currentTarget.value);
            setLimit(PAGE_SIZE);
          }}
        />
      </div>
      <p class="panel__counts">
        <span class="dot dot--good" /> {counts.good} strong <span class="dot dot--unsure" /> {counts.unsure}{' '}
        weaker <span class="dot dot--bad" /> {counts.bad} no MFA
      </p>

      <div class="panel__list">
        {found.slice(0, limit).map((account) => (
          <Account
            key={account.id}
            account={account}
            isOpen={open === account.id}
            isBusy={busy === account.id}
            onToggle={() => setOpen(open === account.id ? undefined : account.id)}
            onAction={(action) => void run(account.id, action)}
          />
        ))}
        {found.length === 0 && (
          <p class="panel__none quiet">No account has “{query}” in its name, number or owner.</p>
        )}
        {found.length > limit && (
          <button type="button" class="panel__more" onClick={() => setLimit(limit + PAGE_SIZE)}>
            Show {Math.min(PAGE_SIZE, found.length - limit)} more of {found.length - limit}
          </button>
        )}
      </div>
    </aside>
  );
}

const ACCOUNT_ACTIONS: readonly {
  readonly action: AccountAction;
  readonly label: string;
  readonly isDestructive?: true;
}[] = [
  { action: 'enrol-key', label: 'Enrol a security key' },
  { action: 'enrol-app', label: 'Enrol an app' },
  { action: 'remove-mfa', label: 'Remove MFA', isDestructive: true },
  { action: 'remove-credentials', label: 'Remove root credentials' },
];

type AccountAction = Extract<PanelAction, { accountId: string }>['action'];

function Account({
  account,
  isOpen,
  isBusy,
  onToggle,
  onAction,
}: {
  readonly account: PanelAccount;
  readonly isOpen: boolean;
  readonly isBusy: boolean;
  readonly onToggle: () => void;
  readonly onAction: (action: PanelAction) => void;
}) {
  const { id, name, mfaLabel, tone, state, denied, owner } = account;
  const button = (action: AccountAction, label: string, isDestructive = false) => (
    <button
      key={action}
      type="button"
      class={`button button--small ${isDestructive ? 'button--danger' : ''}`}
      disabled={isBusy}
      data-testid={`panel-${action}`}
      onClick={() => onAction({ action, accountId: id })}
    >
      {label}
    </button>
  );
  return (
    <div
      class={`panel-account ${isOpen ? 'panel-account--open' : ''}`}
      data-testid="panel-account"
      data-account-id={id}
    >
      <button type="button" class="panel-account__line" aria-expanded={isOpen} onClick={onToggle}>
        <span class={`dot dot--${tone}`} />
        <span class="panel-account__words">
          <b>{name}</b>
          <small>{mfaLabel}</small>
        </span>
        {denied && <span class="badge badge--bad">Denied</span>}
        {state !== null && state !== 'ACTIVE' && (
          <span class="badge badge--quiet">{state.toLowerCase().replaceAll('_', ' ')}</span>
        )}
        <Icon name={isOpen ? 'down' : 'right'} size={14} />
      </button>
      {isOpen && (
        <div class="panel-account__more" aria-busy={isBusy}>
          <p class="quiet">
            <code>{id}</code> · {owner ?? 'no owner'}
          </p>
          <div class="panel-account__deeds">
            {ACCOUNT_ACTIONS.map(({ action, label, isDestructive }) => button(action, label, isDestructive))}
            {denied ? button('allow', 'Allow the bot') : button('deny', 'Deny the bot', true)}
          </div>
        </div>
      )}
    </div>
  );
}

function filterAccounts(accounts: readonly PanelAccount[], query: string): readonly PanelAccount[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return accounts.filter((account) =>
    words.every((word) =>
      `${account.name} ${account.id} ${account.owner ?? ''} ${account.mfaLabel}`.toLowerCase().includes(word),
    ),
  );
}
