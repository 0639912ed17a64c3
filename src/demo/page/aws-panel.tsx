import type { PageExtension, PanelTools } from '@root-mfa-bot/local-slack';
import { useCallback, useEffect, useState } from 'preact/hooks';
import type { PanelAccount, PanelAction, PanelState } from '../panel-contract.ts';
import './aws-panel.css';

const PAGE_SIZE = 60;
const MAX_TICKETS = 5;
const REFRESH_MS = 4000;

export default {
  panel: {
    label: 'Simulated AWS',
    description: 'Change the organization, and see what the bot says.',
    Content: AwsPanel,
  },
  firstSteps: 'On the right you can change AWS: give a root user a security key, or let a day pass.',
} satisfies PageExtension;

/** Reads the state of the panel, again after each action and each change in the workspace. */
function usePanel({ version, read, act }: PanelTools) {
  const [panel, setPanel] = useState<PanelState>();

  const refresh = useCallback(async () => {
    if (document.visibilityState === 'hidden') return;
    try {
      setPanel((await read()) as PanelState);
    } catch {
      // The page already says that the server cannot be reached.
    }
  }, [read]);
  // A change in the workspace often comes from one in AWS.
  useEffect(() => void refresh(), [refresh, version]);
  useEffect(() => {
    const timer = setInterval(() => void refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [refresh]);

  const send = useCallback(
    async (action: PanelAction) => {
      await act(action);
      await refresh();
    },
    [act, refresh],
  );
  return { panel, send };
}

/** The controls of the simulated organization: its clock, its scans, and what each root user has. */
function AwsPanel(tools: PanelTools) {
  const { panel, send } = usePanel(tools);
  const [busy, setBusy] = useState<string>();
  if (!panel) return null;

  const run = async (name: string, action: PanelAction) => {
    setBusy(name);
    await send(action);
    setBusy(undefined);
  };
  return (
    <>
      <ClockAndScan panel={panel} busy={busy} run={run} tools={tools} />
      <TicketList panel={panel} busy={busy} run={run} tools={tools} />
      <AccountList panel={panel} busy={busy} run={run} tools={tools} />
    </>
  );
}

interface SectionProps {
  readonly panel: PanelState;
  /** Which button waits for its answer. */
  readonly busy: string | undefined;
  readonly run: (name: string, action: PanelAction) => Promise<void>;
  readonly tools: PanelTools;
}

function ClockAndScan({ panel, busy, run, tools: { Icon, formatRelativeTime } }: SectionProps) {
  const now = new Date(panel.now);
  return (
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
            ? `Last scan: ${formatRelativeTime(new Date(panel.lastScan), now)}`
            : 'Not scanned yet'}
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
  );
}

/** The tickets of the key requests; nothing until there is one. */
function TicketList({ panel: { tickets, shipsByItself }, busy, run }: SectionProps) {
  if (tickets.length === 0) return null;
  return (
    <section class="panel__tickets" data-testid="panel-tickets">
      <h3>Ticket system</h3>
      <label>
        <input
          type="checkbox"
          checked={shipsByItself}
          disabled={busy !== undefined}
          data-testid="panel-ship-by-itself"
          onChange={(event) =>
            void run('ship-by-itself', { action: 'ship-by-itself', on: event.currentTarget.checked })
          }
        />
        Ships a day after approval
      </label>
      <ul>
        {tickets.slice(0, MAX_TICKETS).map(({ key, url, summary, state }) => (
          <li key={key}>
            <a href={url} target="_blank" rel="noreferrer">
              {key}
            </a>{' '}
            <span>{state}</span>
            <small>{summary}</small>
          </li>
        ))}
      </ul>
      {tickets.length > MAX_TICKETS && <p class="quiet">… and {tickets.length - MAX_TICKETS} more</p>}
    </section>
  );
}

function AccountList({ panel, busy, run, tools: { Icon } }: SectionProps) {
  const [query, setQuery] = useState('');
  const [open, setOpen] = useState<string>();
  const [limit, setLimit] = useState(PAGE_SIZE);
  const found = filterAccounts(panel.accounts, query);
  const counts = { good: 0, bad: 0, unsure: 0, none: 0 };
  for (const { tone } of panel.accounts) counts[tone] += 1;

  return (
    <>
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
        <span class="dot dot--good" /> {counts.good} hardware <span class="dot dot--unsure" /> {counts.unsure}{' '}
        weaker <span class="dot dot--bad" /> {counts.bad} no MFA
      </p>

      <div class="panel__list">
        {found.slice(0, limit).map((account) => (
          <Account
            key={account.id}
            account={account}
            isOpen={open === account.id}
            isBusy={busy === account.id}
            Icon={Icon}
            onToggle={() => setOpen(open === account.id ? undefined : account.id)}
            onAction={(action) => void run(account.id, action)}
          />
        ))}
        {found.length === 0 && (
          <p class="panel__none quiet">No account has “{query}” in its name, ID or owner.</p>
        )}
        {found.length > limit && (
          <button type="button" class="panel__more" onClick={() => setLimit(limit + PAGE_SIZE)}>
            Show {Math.min(PAGE_SIZE, found.length - limit)} more of {found.length - limit}
          </button>
        )}
      </div>
    </>
  );
}

const ACCOUNT_ACTIONS: readonly {
  readonly action: AccountAction;
  readonly label: string;
  readonly isDestructive?: true;
}[] = [
  { action: 'enrol-key', label: 'Add a security key' },
  { action: 'enrol-app', label: 'Add an authenticator app' },
  { action: 'remove-mfa', label: 'Remove MFA', isDestructive: true },
  { action: 'remove-credentials', label: 'Remove root credentials' },
];

const ROOT_USER_ACTIONS: typeof ACCOUNT_ACTIONS = [
  { action: 'root-sign-in', label: 'Sign in' },
  { action: 'root-fail-sign-in', label: 'Fail to sign in' },
  { action: 'root-recover-password', label: 'Recover the password', isDestructive: true },
  { action: 'root-remove-mfa', label: 'Sign in and remove MFA', isDestructive: true },
  { action: 'root-create-access-key', label: 'Sign in and create an access key', isDestructive: true },
];

type AccountAction = Extract<PanelAction, { accountId: string }>['action'];

function Account({
  account,
  isOpen,
  isBusy,
  Icon,
  onToggle,
  onAction,
}: {
  readonly account: PanelAccount;
  readonly isOpen: boolean;
  readonly isBusy: boolean;
  readonly Icon: PanelTools['Icon'];
  readonly onToggle: () => void;
  readonly onAction: (action: PanelAction) => void;
}) {
  const { id, name, mfaLabel, tone, state, denied, rootDenied, owner, story } = account;
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
        {rootDenied && <span class="badge badge--quiet">Root denied</span>}
        {denied && <span class="badge badge--bad">Denied</span>}
        {state !== null && state !== 'ACTIVE' && (
          <span class="badge badge--quiet">{state.toLowerCase().replaceAll('_', ' ')}</span>
        )}
        <Icon name={isOpen ? 'down' : 'right'} size={14} />
      </button>
      {isOpen && (
        <div class="panel-account__more" aria-busy={isBusy}>
          {story && <p>{story}</p>}
          <p class="quiet">
            <code>{id}</code> · {owner ?? 'no owner'}
          </p>
          <div class="panel-account__deeds">
            {ACCOUNT_ACTIONS.map(({ action, label, isDestructive }) => button(action, label, isDestructive))}
            {rootDenied
              ? button('allow-root', 'Detach the policy')
              : button('deny-root', 'Attach a policy that denies root')}
            {denied ? button('allow', 'Let the bot in') : button('deny', 'Keep the bot out', true)}
          </div>
          <p class="quiet">As the root user</p>
          <div class="panel-account__deeds">
            {ROOT_USER_ACTIONS.map(({ action, label, isDestructive }) =>
              button(action, label, isDestructive),
            )}
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
