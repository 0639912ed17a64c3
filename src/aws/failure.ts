import { codeOf } from './call-error.ts';

/** AWS could not be read at all. The message is one sentence that says what is the case and what to do. */
export class AwsFailure extends Error {
  override readonly name = 'AwsFailure';
}

/** A failure as a sentence for the person at the terminal: what was tried, what is the case, what to do. */
export function toAwsFailure(action: string, error: unknown): AwsFailure {
  return new AwsFailure(`${action}: ${explain(error)}`, { cause: error });
}

function explain(error: unknown): string {
  const code = codeOf(error);
  const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
  const known = EXPLANATIONS.find(([pattern]) => pattern.test(code) || pattern.test(message));
  return known ? known[1](message, code) : `AWS returned ${code}: ${message.slice(0, 300)}`;
}

type Explanation = (message: string, code: string) => string;

const EXPLANATIONS: readonly (readonly [RegExp, Explanation])[] = [
  [
    /^CredentialsProviderError$|Could not load credentials|Profile .* could not be found/i,
    (message) =>
      /profile/i.test(message)
        ? `${trimmed(message)}; check AWS_PROFILE and your AWS config files`
        : 'there are no AWS credentials; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run where a role is attached',
  ],
  [
    /^(ExpiredToken(Exception)?|TokenRefreshRequired|SSOTokenProviderFailure)$|token.*expired|expired.*token/i,
    () => 'the AWS credentials have expired; sign in again (for example `aws sso login`) and retry',
  ],
  [
    /^(InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId)$/,
    () =>
      'AWS does not know these credentials in this region; check the access key, and that AWS_REGION is a region enabled for the account',
  ],
  [
    /^(SignatureDoesNotMatch|InvalidSignatureException)$/,
    () =>
      'AWS rejected the signature; check AWS_SECRET_ACCESS_KEY, and that the clock of this machine is right',
  ],
  [/^RequestTimeTooSkewed|RequestExpired$/, () => 'the clock of this machine is wrong; set it and retry'],
  [
    /^(ENOTFOUND|EAI_AGAIN)$/,
    (message) =>
      `the host ${/\S+$/.exec(message)?.[0] ?? 'of AWS'} cannot be found; check AWS_REGION, AWS_ENDPOINT_URL and the network`,
  ],
  [
    /^ECONNREFUSED$/,
    (message) =>
      `nothing listens at ${/\S+$/.exec(message)?.[0] || 'the AWS endpoint'}; check AWS_ENDPOINT_URL and the network`,
  ],
  [
    /^(ECONNRESET|EPIPE|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|Timeout)$|socket hang up/,
    (_, code) =>
      `AWS cannot be reached (${code}); check the network, and the proxy or firewall if there is one`,
  ],
  [
    /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT_LOCALLY|VERIFY_LEAF_SIGNATURE)|CERT_\w+|ERR_TLS_\w+)$/,
    (_, code) =>
      `the TLS certificate is not trusted (${code}); if a proxy inspects traffic, put its certificate in NODE_EXTRA_CA_CERTS`,
  ],
  [
    /^NotAws$|Deserialization error|Unexpected token|is not valid JSON|char '.*' is not expected|Proxy Authentication/i,
    () =>
      'the answer is not from AWS, but for example from a proxy or a login page; check AWS_ENDPOINT_URL and the proxy settings',
  ],
  [
    /^(Throttling(Exception)?|TooManyRequestsException|RequestLimitExceeded)$/,
    () => 'AWS keeps throttling the requests; wait a minute and retry',
  ],
  [
    /^(AccessDenied(Exception)?|UnauthorizedOperation)$/,
    (message) => `access is denied (${trimmed(message).slice(0, 250)})`,
  ],
  [
    /^AWSOrganizationsNotInUseException$/,
    () => 'this account is in no organization; set aws.discovery to auto or accounts',
  ],
  [
    /QueueDoesNotExist|NonExistentQueue/,
    () =>
      'the queue does not exist, or its policy does not let the bot in; check rootEvents.queueUrl, and BotPrincipalArn of root-events-queue.yaml',
  ],
  [/^Cancelled$/, () => 'it was interrupted'],
];

function trimmed(message: string): string {
  return message.trim().replace(/\.$/, '');
}
