import { type Config, parseConfig } from '../config/config.ts';
import { CHANNELS, PEOPLE } from './company.ts';

/** The settings of the rehearsed company: everything switched on, as a company has it after its first month. */
export function demoConfig({ queueUrl }: { readonly queueUrl?: string } = {}): Config {
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
  return queueUrl === undefined ? config : { ...config, rootEvents: { ...config.rootEvents, queueUrl } };
}
