/** The account that a policy is evaluated for. */
export interface PolicySubject {
  readonly id: string;
  readonly partition: string;
}

/**
 * What AWS would put into the context of a request, by key in lower case: a value, `null` where the key is known to be
 * absent, and no entry where it depends on the request. A key that ends in `/` stands for all that begin with it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export type RequestContext = Readonly<Record<string, string | null>>;

/** Returns the value of a key, null if it is absent, undefined if that cannot be known. */
export function valueIn(context: RequestContext, key: string): string | null | undefined {
  return Object.hasOwn(context, key) ? context[key] : context[`${key.split('/', 1)[0]}/`];
}

/** Returns the context of a request that the root user makes after signing in with its own credentials. */
export function rootContext(account: PolicySubject): RequestContext {
  return {
    ...directRequest(account),
    'aws:principalarn': rootArn(account),
    'aws:principaltype': 'Account',
    'aws:userid': account.id,
    'aws:username': null,
    'aws:assumedroot': null,
    'aws:principaltag/': null,
    'aws:federatedprovider': null,
    'aws:sourceidentity': null,
  };
}

/** Returns the context of a request within a session that `sts:AssumeRoot` gave. */
export function rootSessionContext(account: PolicySubject): RequestContext {
  return {
    ...directRequest(account),
    'aws:principalarn': rootArn(account),
    'aws:username': null,
    'aws:assumedroot': 'true',
    'aws:principaltag/': null,
  };
}

/** Returns the context of a request that a role of the account makes. */
export function roleContext(account: PolicySubject, roleArn: string): RequestContext {
  return {
    ...directRequest(account),
    'aws:principalarn': roleArn,
    'aws:principaltype': 'AssumedRole',
    'aws:username': null,
    'aws:assumedroot': null,
  };
}

/** Returns the ARN of an account's root user. */
export function rootArn({ id, partition }: PolicySubject): string {
  return `arn:${partition}:iam::${id}:root`;
}

function directRequest({ id }: Pick<PolicySubject, 'id'>): RequestContext {
  return {
    'aws:principalaccount': id,
    'aws:principalisawsservice': 'false',
    'aws:principalservicename': null,
    'aws:principalservicenameslist': null,
    'aws:viaawsservice': 'false',
    'aws:calledvia': null,
    'aws:calledviafirst': null,
    'aws:calledvialast': null,
    'aws:securetransport': 'true',
  };
}

/** Returns a context with what is the same for every IAM request about the account's own root user. */
export function withIamRequest(context: RequestContext, { id, partition }: PolicySubject): RequestContext {
  return {
    ...context,
    'aws:resourceaccount': id,
    // IAM is one service for all regions; elsewhere than in `aws` its home region is not spelled out.
    ...(partition === 'aws' && { 'aws:requestedregion': 'us-east-1' }),
  };
}
