import type { SlackDependencies } from '../dependencies.ts';
import type { Router } from '../router.ts';
import { registerAudit } from './audit.ts';
import { registerCheck } from './check.ts';
import { registerExemptions } from './exemptions.ts';
import { registerHome } from './home.ts';
import { registerKeys } from './keys.ts';
import { registerMfaRemovals } from './mfa-removals.ts';
import { registerOwners } from './owners.ts';
import { registerRecoveryWindows } from './recovery-windows.ts';
import { registerRemediation } from './remediation.ts';
import { registerReminders } from './reminders.ts';
import { registerRemovalRequests } from './removal-requests.ts';
import { registerRootEvents } from './root-events.ts';
import { registerScan } from './scan.ts';
import { registerSeveralTokens } from './several-tokens.ts';
import { registerStatus } from './status.ts';
import { registerTokens } from './tokens.ts';
import { registerWorkspaceEvents } from './workspace-events.ts';

/** Everything that people can ask of the bot, and what Slack tells it. */
export function registerAll(router: Router, deps: SlackDependencies): void {
  registerStatus(router, deps);
  registerScan(router, deps);
  registerCheck(router, deps);
  registerRemediation(router, deps);
  registerRemovalRequests(router, deps);
  registerExemptions(router, deps);
  registerRecoveryWindows(router, deps);
  registerTokens(router, deps);
  registerSeveralTokens(router, deps);
  registerKeys(router, deps);
  registerReminders(router, deps);
  registerOwners(router, deps);
  registerMfaRemovals(router, deps);
  registerRootEvents(router, deps);
  registerAudit(router, deps);
  registerHome(router, deps);
  registerWorkspaceEvents(router, deps);
  router.registerFallbacks();
}
