import { awsChecks } from './aws.ts';
import type { Check } from './check.ts';
import { databaseChecks } from './database.ts';
import { machineChecks } from './machine.ts';
import { nextChecks } from './next-actions.ts';
import { slackChecks } from './slack.ts';
import { webhookChecks } from './webhooks.ts';

/** All checks, in the order they run. */
export const SECTIONS: readonly { readonly title: string; readonly checks: readonly Check[] }[] = [
  { title: 'This machine', checks: machineChecks },
  { title: 'Database', checks: databaseChecks },
  { title: 'Slack', checks: slackChecks },
  { title: 'AWS', checks: awsChecks },
  { title: 'Other systems', checks: webhookChecks },
  { title: 'What happens next', checks: nextChecks },
];
