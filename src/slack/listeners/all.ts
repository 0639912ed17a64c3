import type { Bot } from '../bot.ts';
import type { Door } from '../door.ts';
import { registerAudit } from './audit.ts';
import { registerCheck } from './check.ts';
import { registerExemptions } from './exemptions.ts';
import { registerHome } from './home.ts';
import { registerHowToFix } from './how-to-fix.ts';
import { registerReminders } from './reminder.ts';
import { registerScan } from './scan.ts';
import { registerStatus } from './status.ts';
import { registerTokenRequest } from './token-request.ts';
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
