import { lastScan } from '../store/scans.ts';
import type { Context } from '../usecases/shared/context.ts';
import { readAccounts } from '../usecases/shared/read-accounts.ts';
import type { RootUser, SimulatedAccount, SimulatedOrganization } from '../../packages/aws-simulator/src/organization.ts';
import type { PanelAccount, PanelAction, PanelAnswer, PanelState } from '../../packages/local-slack/src/page/panel-contract.ts';
import type { Panel } from '../../packages/local-slack/src/ui-routes.ts';

export interface AwsPanelOptions {
  readonly organization: SimulatedOrganization;
  /** The bot whose readings the panel shows; undefined until it runs. */
  readonly context: () => Context | undefined;
  readonly now: () => Date;
  /** Moves the clock, and lets everything happen that falls due on the way. */
  readonly advance: (milliseconds: number) => Promise<void>;
  readonly scan: () => Promise<void>;
}

const HOUR_MS = 60 * 60_000;
const STEPS = { '1h': HOUR_MS, '1d': 24 * HOUR_MS, '1w': 7 * 24 * HOUR_MS } as const;

/** The side panel in which one plays AWS: what each root user has, what one may do to it, and the clock. */
export function awsPanel({ organization, context, now, advance, scan }: AwsPanelOptions): Panel {
  return {
    async read(): Promise<PanelState> {
      const ctx = context();
      const owners = new Map(
        (ctx ? await readAccounts(ctx) : []).map(({ account, owner }) => [account.id, owner?.who ?? null]),
      );
      const last = ctx && (await lastScan(ctx.db));
      return {
        now: now().toISOString(),
        accounts: organization.accounts
          .map((account) => toPanel(account, owners.get(account.id) ?? null))
          .sort((a, b) => a.name.localeCompare(b.name)),
        lastScan: last?.startedAt.toISOString() ?? null,
        clockSteps: [
          { label: '+1 hour', action: { action: 'advance-clock', by: '1h' } },
          { label: '+1 day', action: { action: 'advance-clock', by: '1d' } },
          { label: '+1 week', action: { action: 'advance-clock', by: '1w' } },
        ],
      };
    },

    async act(wish): Promise<PanelAnswer> {
      try {
        await play(wish as PanelAction);
        return { ok: true };
      } catch (error) {
        return { ok: false, error: error instanceof Error ? error.message : String(error) };
      }
    },
  };

  async function play(wish: PanelAction): Promise<void> {
    switch (wish.action) {
      case 'enrol-key':
        organization.enrolDevice(wish.accountId, 'fido', `key-${serial()}`);
        return;
      case 'enrol-app':
        organization.enrolDevice(wish.accountId, 'virtual', `phone-${serial()}`);
        return;
      case 'remove-mfa':
        return organization.removeMfa(wish.accountId);
      case 'remove-credentials':
        return organization.deleteRootCredentials(wish.accountId);
      case 'deny':
        return organization.denyAccess(wish.accountId);
      case 'allow':
        return organization.allowAccess(wish.accountId);
      case 'advance-clock':
        return advance(STEPS[wish.by]);
      case 'scan':
        return scan();
    }
  }

  function serial(): string {
    return String(now().getTime() % 100_000);
  }
}

function toPanel(account: SimulatedAccount, owner: string | null): PanelAccount {
  const { label, tone } = protection(account.root);
  return {
    id: account.id,
    name: account.name,
    mfaLabel: label,
    tone: account.state === 'ACTIVE' ? tone : 'none',
    state: account.state,
    denied: account.accessDenied,
    owner,
  };
}

function protection({ passwordSetAt, accessKeys, certificates, devices }: RootUser): {
  label: string;
  tone: PanelAccount['tone'];
} {
  if (passwordSetAt === null) {
    const left = accessKeys + certificates > 0;
    return left
      ? { label: 'no password, key left', tone: 'unsure' }
      : { label: 'no credentials', tone: 'good' };
  }
  const apps = devices.filter(({ kind }) => kind === 'virtual').length;
  if (devices.length === 0) return { label: 'no MFA', tone: 'bad' };
  if (apps === devices.length) return { label: apps > 1 ? `${apps} apps` : 'app on a phone', tone: 'unsure' };
  if (apps > 0) return { label: 'hardware and app', tone: 'unsure' };
  return {
    label: devices.some(({ kind }) => kind === 'fido') ? 'security key' : 'hardware token',
    tone: 'good',
  };
}
