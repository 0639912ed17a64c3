import type { Bot } from '../dependencies.ts';
import type { Door } from '../router.ts';
import { registerAudit } from './audit.ts';
import { registerCheck } from './check.ts';
import { registerExemptions } from './exemptions.ts';
import { registerHome } from './home.ts';
import { registerHowToFix } from './remediation.ts';
import { registerReminders } from './reminders.ts';
import { registerScan } from './scan.ts';
import { registerStatus } from './status.ts';
import { registerTokenRequest } from './tokens.ts';
import { registerWorkspaceEvents } from './workspace-events.ts';

/** Everything that people can ask of the bot, and what Slack tells it. */
export function registerAll(door: Door, bot: Bot): void {
  registerStatus(door, bot);
  registerScan(door, bot);
  registerCheck(door, bot);
  registerHowToFix(door, bot);
  registerExemptions(door, bot);
  registerTokenRequest(door, bot);
  registerReminders(door, bot);
  registerAudit(door, bot);
  registerHome(door, bot);
  registerWorkspaceEvents(door, bot);
  door.closeBehind();
}
