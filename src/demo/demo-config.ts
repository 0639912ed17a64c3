import { type Config, parseConfig } from '../config/config.ts';
import { localDate } from '../domain/calendar.ts';
import { WEBHOOK_EVENT_TYPES } from '../domain/webhooks/event.ts';
import { CHANNELS, NO_ROOT_CREDENTIALS, PEOPLE } from './company.ts';
import type { DemoTicketSystem } from './ticket-system.ts';

/** What the simulations around the bot are reached by, and the time. */
export interface DemoConfigOptions {
  readonly queueUrl?: string;
  readonly ticketSystem?: Pick<DemoTicketSystem, 'name' | 'ticketUrl' | 'webhook'>;
  /** When the demo opens: its targets are due some weeks later. Left out: it has no targets. */
  readonly startsAt?: Date;
}

const WEEK_MS = 7 * 24 * 60 * 60_000;

/** The settings of the simulated company: everything switched on, as a company has it after its first month. */
export function demoConfig({ queueUrl, ticketSystem, startsAt }: DemoConfigOptions = {}): Config {
  const config = parseConfig(
    `
policy:
  level: 1
  rules:
    - { match: { orgUnits: ["/Production/**"] }, level: 2 }
    - { match: { accounts: [${NO_ROOT_CREDENTIALS.join(', ')}] }, rootCredentials: forbidden }
slack:
  channel: ${CHANNELS.security.id}
  admins: [${PEOPLE.sam.id}, ${PEOPLE.chloe.id}]
schedule:
  timezone: Europe/London
  scan: "0 5 * * *"
reminders:
  mode: "on"
${startsAt ? targets(startsAt) : ''}
tokens:
  channel: ${CHANNELS.keys.id}
  offices: [London, São Paulo, Bengaluru, Tokyo]
remediation:
  links:
    - { title: How we keep root credentials, url: "https://wiki.example.com/aws/root" }
`,
    'the demo',
  );
  return {
    ...config,
    ...(queueUrl !== undefined && { rootEvents: { ...config.rootEvents, queueUrl } }),
    ...(ticketSystem && withTickets(config, ticketSystem)),
  };
}

/** Returns the settings that connect the ticket system. Its page is on this machine, which a configuration cannot name. */
function withTickets(
  { tokens }: Config,
  { name, ticketUrl, webhook }: NonNullable<DemoConfigOptions['ticketSystem']>,
): Pick<Config, 'tokens' | 'webhooks'> {
  return {
    tokens: {
      ...tokens,
      ticket: { label: 'Ticket', url: ticketUrl, required: false },
      ticketSystem: { name, secretVariable: 'CALLBACK_SECRET' },
    },
    webhooks: [
      {
        name: webhook.name,
        urlVariable: 'TICKETS_URL',
        secretVariable: 'TICKETS_SECRET',
        events: WEBHOOK_EVENT_TYPES.filter((type) => type.startsWith('token.')),
        allowPrivateAddresses: false,
      },
    ],
  };
}

function targets(startsAt: Date): string {
  const dayInWeeks = (weeks: number) => localDate(new Date(startsAt.getTime() + weeks * WEEK_MS), 'UTC');
  return `targets:
  - { name: Production on hardware, match: { orgUnits: ["/Production/**"] }, level: 2, by: ${dayInWeeks(8)} }
  - { name: MFA everywhere, level: 1, by: ${dayInWeeks(16)} }`;
}
