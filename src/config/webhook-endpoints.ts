import { Webhook } from 'standardwebhooks';
import { type Config, ConfigError } from './config.ts';

/** A webhook of the configuration, with its address and secret from the environment. */
export interface WebhookEndpoint {
  readonly name: string;
  readonly url: string;
  /** The key of the signature, `whsec_…`. */
  readonly secret: string;
  readonly allowPrivateAddresses: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

const MIN_SECRET_BYTES = 24;

/** Returns the webhooks with their addresses and secrets. Throws a ConfigError that names every variable that is wrong. */
export function readWebhookEndpoints(
  { webhooks }: Pick<Config, 'webhooks'>,
  env: Variables,
): WebhookEndpoint[] {
  const problems: string[] = [];
  const endpoints = webhooks.map(({ name, urlVariable, secretVariable, allowPrivateAddresses }) => {
    const url = env[urlVariable] ?? '';
    const secret = env[secretVariable] ?? '';
    if (!isWebhookUrl(url)) {
      problems.push(
        `${urlVariable} ${missingOr(url, 'is not an https:// address')}: webhooks of root-mfa.yml names it for ${name}`,
      );
    }
    if (!isWebhookSecret(secret)) {
      problems.push(
        `${secretVariable} ${missingOr(secret, `is not whsec_ and ${MIN_SECRET_BYTES} bytes or more in base64`)}: webhooks of root-mfa.yml names it for ${name}`,
      );
    }
    return { name, url, secret, allowPrivateAddresses };
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return endpoints;
}

/** Returns the values that must not appear in a log or an answer. */
export function webhookSecrets(endpoints: readonly WebhookEndpoint[]): string[] {
  return endpoints.flatMap(({ url, secret }) => [url, secret]);
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

function missingOr(value: string, problem: string): string {
  return value === '' ? 'is missing' : problem;
}
