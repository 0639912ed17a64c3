import { Webhook } from 'standardwebhooks';
import { type Config, ConfigError } from './config.ts';

/** A webhook of the configuration, with its address and secret from the environment. */
export interface WebhookEndpoint {
  readonly name: string;
  readonly url: string;
  /** The key of the signature, `whsec_…`; `null`: a workflow in Slack, which verifies none. */
  readonly secret: string | null;
  readonly allowPrivateAddresses: boolean;
}

/** The ticket system that takes token requests further, with the secret that its calls are signed with. */
export interface TicketSystem {
  readonly name: string;
  readonly secret: string;
}

/** The receiver that starts the workflow for token requests. No configured webhook can have this name. */
export const TOKEN_WORKFLOW = 'workflow:tokens';

type Variables = Readonly<Record<string, string | undefined>>;

const MIN_SECRET_BYTES = 24;

/** Returns the webhooks with their addresses and secrets. Throws a ConfigError that names every variable that is wrong. */
export function readWebhookEndpoints(
  { webhooks, tokens }: Pick<Config, 'webhooks' | 'tokens'>,
  env: Variables,
): WebhookEndpoint[] {
  const problems: string[] = [];
  const endpoints = webhooks.map(
    ({ name, urlVariable, secretVariable, allowPrivateAddresses }): WebhookEndpoint => {
      const url = env[urlVariable] ?? '';
      const secret = env[secretVariable] ?? '';
      if (!isWebhookUrl(url)) {
        problems.push(
          `${urlVariable} ${missingOr(url, 'is not an https:// address')}: webhooks of root-mfa.yml names it for ${name}`,
        );
      }
      if (!isWebhookSecret(secret)) {
        problems.push(
          `${secretProblem(secretVariable, secret)}: webhooks of root-mfa.yml names it for ${name}`,
        );
      }
      return { name, url, secret, allowPrivateAddresses };
    },
  );
  if (tokens.mode === 'workflow') {
    const urlVariable = tokens.workflowUrlVariable ?? '';
    const url = env[urlVariable] ?? '';
    if (!isWorkflowUrl(url)) {
      const problem = missingOr(url, 'is not https://hooks.slack.com/triggers/…');
      problems.push(`${urlVariable} ${problem}: tokens.workflowUrlVariable of root-mfa.yml names it`);
    }
    endpoints.push({ name: TOKEN_WORKFLOW, url, secret: null, allowPrivateAddresses: false });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return endpoints;
}

/** Returns the ticket system with its secret; undefined without one. Throws a ConfigError if the secret cannot be used. */
export function readTicketSystem(
  { tokens: { ticketSystem }, webhooks }: Pick<Config, 'tokens' | 'webhooks'>,
  env: Variables,
): TicketSystem | undefined {
  if (!ticketSystem) return undefined;
  const { name, secretVariable } = ticketSystem;
  const secret = env[secretVariable] ?? '';
  const source = 'tokens.ticketSystem of root-mfa.yml names it';
  if (!isWebhookSecret(secret)) {
    throw new ConfigError([`${secretProblem(secretVariable, secret)}: ${source}`]);
  }
  // With the same secret, an event that the bot sent could be sent back to it as a decision.
  if (webhooks.some((webhook) => env[webhook.secretVariable] === secret)) {
    throw new ConfigError([`${secretVariable} is the secret of a webhook too: ${source}, and needs its own`]);
  }
  return { name, secret };
}

/** Returns the values that must not appear in a log or an answer. */
export function webhookSecrets(endpoints: readonly WebhookEndpoint[]): string[] {
  return endpoints.flatMap(({ url, secret }) => (secret === null ? [url] : [url, secret]));
}

/** Whether the host is this machine by name or address. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** HTTPS only; a receiver on this machine is for development. */
function isWebhookUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username || password) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}

/** A trigger of Slack or GovSlack; one on this machine is for development. */
function isWorkflowUrl(value: string): boolean {
  if (!isWebhookUrl(value)) return false;
  const { hostname } = new URL(value);
  return hostname === 'hooks.slack.com' || hostname === 'hooks.slack-gov.com' || isLoopbackHost(hostname);
}

function isWebhookSecret(value: string): boolean {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
  if (base64 === undefined || Buffer.from(base64, 'base64').length < MIN_SECRET_BYTES) return false;
  try {
    new Webhook(value);
    return true;
  } catch {
    return false;
  }
}

function secretProblem(variable: string, secret: string): string {
  return `${variable} ${missingOr(secret, `is not whsec_ and ${MIN_SECRET_BYTES} bytes or more in base64`)}`;
}

function missingOr(value: string, problem: string): string {
  return value === '' ? 'is missing' : problem;
}
