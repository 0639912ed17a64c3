import { type Config, parseConfig } from '../config/config.ts';
import { WEBHOOK_EVENT_TYPES } from '../domain/webhooks/event.ts';
import { CHANNELS, PEOPLE } from './company.ts';
import type { DemoTicketSystem } from './ticket-system.ts';

/** What the simulations around the bot are reached by. */
export interface DemoServices {
  readonly queueUrl?: string;
  readonly ticketSystem?: Pick<DemoTicketSystem, 'name' | 'ticketUrl' | 'webhook'>;
}

/** The settings of the simulated company: everything switched on, as a company has it after its first month. */
export function demoConfig({ queueUrl, ticketSystem }: DemoServices = {}): Config {
  const config = parseConfig(
    `
policy:
  level: 1
  rules:
    - { match: { orgUnits: ["/Production/**"] }, level: 2 }
slack:
  channel: ${CHANNELS.security.id}
  admins: [${PEOPLE.sam.id}, ${PEOPLE.chloe.id}]
schedule:
  timezone: Europe/London
  scan: "0 5 * * *"
reminders:
  mode: "on"
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
  { name, ticketUrl, webhook }: NonNullable<DemoServices['ticketSystem']>,
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
