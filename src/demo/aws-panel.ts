import type { RootUser, SimulatedAccount, SimulatedOrganization } from '@root-mfa-bot/aws-simulator';
import type { PanelProvider } from '@root-mfa-bot/local-slack';
import { lastScan } from '../store/scans.ts';
import type { Context } from '../usecases/shared/context.ts';
import { readAccounts } from '../usecases/shared/read-accounts.ts';
import type { Company } from './company.ts';
import { DENY_ROOT } from './company-policies.ts';
import type { PanelAccount, PanelAction, PanelAnswer, PanelState } from './panel-contract.ts';
import type { DemoRootActivity } from './root-activity.ts';
import { ticketStateText } from './ticket.ts';
import type { DemoTicketSystem } from './ticket-system.ts';

export interface AwsPanelOptions {
  readonly company: Company;
  readonly organization: SimulatedOrganization;
  readonly rootActivity: Pick<DemoRootActivity, 'perform'>;
  readonly ticketSystem: Pick<DemoTicketSystem, 'tickets' | 'ticketUrl' | 'shipsByItself'>;
  /** The bot whose readings the panel shows; undefined until it runs. */
  readonly context: () => Context | undefined;
  readonly now: () => Date;
  /** Moves the clock, and lets everything happen that falls due on the way. */
  readonly advance: (milliseconds: number) => Promise<void>;
  readonly scan: () => Promise<void>;
}

const HOUR_MS = 60 * 60_000;
const STEPS = { '1h': HOUR_MS, '1d': 24 * HOUR_MS, '1w': 7 * 24 * HOUR_MS } as const;

/** Provides the AWS panel of the page: what each root user has, actions that change it, and the clock. */
export function awsPanel({
  company,
  organization,
  rootActivity,
  ticketSystem,
  context,
  now,
  advance,
  scan,
}: AwsPanelOptions): PanelProvider {
  const stories = new Map(company.accounts.map(({ id, story }) => [id, story]));
  return {
    async read(): Promise<PanelState> {
      const ctx = context();
      const owners = new Map<string, string | null>(
        (ctx ? await readAccounts(ctx) : []).map(({ account, owner }) => [
          account.id,
          owner?.identifier ?? null,
        ]),
      );
      const latestScan = ctx && (await lastScan(ctx.db));
      return {
        now: now().toISOString(),
        accounts: organization.accounts
          .map((account) => ({
            ...panelAccount(account),
            owner: owners.get(account.id) ?? null,
            story: stories.get(account.id) ?? null,
            rootDenied: organization.policies.attachedTo(account.id).some(({ name }) => name === DENY_ROOT),
          }))
          .sort((a, b) => a.name.localeCompare(b.name)),
        lastScan: latestScan?.startedAt.toISOString() ?? null,
        tickets: ticketSystem.tickets.toReversed().map((ticket) => ({
          key: ticket.key,
          url: ticketSystem.ticketUrl.replace('{ticket}', ticket.key),
          summary: ticket.summary,
          state: ticketStateText(ticket),
        })),
        shipsByItself: ticketSystem.shipsByItself,
        clockSteps: [
          { label: '+1 hour', action: { action: 'advance-clock', by: '1h' } },
          { label: '+1 day', action: { action: 'advance-clock', by: '1d' } },
          { label: '+1 week', action: { action: 'advance-clock', by: '1w' } },
        ],
      };
    },

    async act(action): Promise<PanelAnswer> {
      try {
        await perform(action as PanelAction);
        return { ok: true };
      } catch (error) {
        return { ok: false, error: error instanceof Error ? error.message : String(error) };
      }
    },
  };

  async function perform(action: PanelAction): Promise<void> {
    switch (action.action) {
      case 'enrol-key':
        organization.enrolDevice(action.accountId, 'fido', `key-${serialSuffix()}`);
        return;
      case 'enrol-app':
        organization.enrolDevice(action.accountId, 'virtual', `phone-${serialSuffix()}`);
        return;
      case 'remove-mfa':
        return organization.removeMfa(action.accountId);
      case 'remove-credentials':
        return organization.deleteRootCredentials(action.accountId);
      case 'deny':
        return organization.denyAccess(action.accountId);
      case 'allow':
        return organization.allowAccess(action.accountId);
      case 'deny-root':
        return organization.attachPolicy(DENY_ROOT, action.accountId);
      case 'allow-root':
        return organization.detachPolicy(DENY_ROOT, action.accountId);
      case 'root-sign-in':
      case 'root-fail-sign-in':
      case 'root-recover-password':
      case 'root-remove-mfa':
      case 'root-create-access-key':
        return rootActivity.perform(action.action, action.accountId);
      case 'advance-clock':
        return advance(STEPS[action.by]);
      case 'ship-by-itself':
        ticketSystem.shipsByItself = action.on;
        return;
      case 'scan':
        return scan();
    }
  }

  function serialSuffix(): string {
    return String(now().getTime() % 100_000);
  }
}

function panelAccount(account: SimulatedAccount): Omit<PanelAccount, 'owner' | 'story' | 'rootDenied'> {
  const { label, tone } = protection(account.root);
  return {
    id: account.id,
    name: account.name,
    mfaLabel: label,
    tone: account.state === 'ACTIVE' ? tone : 'none',
    state: account.state,
    denied: account.accessDenied,
  };
}

/** Returns what protects root, and how well. A key that works without MFA is named, and never green. */
export function protection(root: RootUser): { label: string; tone: PanelAccount['tone'] } {
  const hasLeftovers = root.accessKeys + root.certificates > 0;
  const { label, tone } = signInProtection(root);
  if (!hasLeftovers) return { label, tone };
  return { label: `${label}, key left`, tone: tone === 'bad' ? 'bad' : 'unsure' };
}

function signInProtection({ passwordSetAt, accessKeys, certificates, devices }: RootUser): {
  label: string;
  tone: PanelAccount['tone'];
} {
  if (passwordSetAt === null) {
    return { label: accessKeys + certificates > 0 ? 'no password' : 'no credentials', tone: 'good' };
  }
  const apps = devices.filter(({ kind }) => kind === 'virtual').length;
  if (devices.length === 0) return { label: 'no MFA', tone: 'bad' };
  if (apps === devices.length)
    return { label: apps > 1 ? `${apps} authenticator apps` : 'authenticator app', tone: 'unsure' };
  if (apps > 0) return { label: 'hardware and an app', tone: 'unsure' };
  return {
    label: devices.some(({ kind }) => kind === 'fido') ? 'security key' : 'hardware token',
    tone: 'good',
  };
}
