import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { openCollector } from '../../aws/collector.ts';
import { AwsFailure, toAwsFailure } from '../../aws/failure.ts';
import { readCallerIdentity } from '../../aws/identity.ts';
import { readFeatures } from '../../aws/organization.ts';
import { cisNumber } from '../../domain/cis.ts';
import { resultValue } from '../../domain/evidence.ts';
import { type Check, type CheckResult, fail, ok, warn } from './check.ts';
import { checkClock } from './clock.ts';
import { formatCount } from './format-values.ts';
import { checkGuardrails } from './guardrails.ts';
import { MissingResourceError } from './missing-resource-error.ts';
import type { DoctorResources } from './resources.ts';
import { checkRootEvents } from './root-events.ts';

const ROOT_ACCESS = 'RootCredentialsManagement';

export const awsChecks: readonly Check[] = [
  {
    name: 'identity',
    run: ({ aws }) =>
      withAwsErrors(async () => {
        const clients = await aws.open();
        const { arn } = await readCallerIdentity(clients).catch((error: unknown) => {
          throw toAwsFailure('Cannot sign in to AWS', error);
        });
        return ok(`${arn}, in ${clients.region}`);
      }),
  },
  {
    name: 'accounts',
    run: ({ aws, collector, accounts }) =>
      withAwsErrors(async () => {
        await readCallerIdentity(await aws.require()).catch(() => {
          throw new MissingResourceError('an AWS identity');
        });
        const { warning, organization, identity } = await collector.open();
        const { found, more } = await accounts.open();
        if (warning) return warn(warning, 'docs/aws.md lists the roles that give access to all accounts.');
        const listed = `${formatCount(found.length, 'account')}${more ? ' or more' : ''}`;
        return organization
          ? ok(`${identity.arn} can list the organization: ${listed}`)
          : ok(`${listed} from aws.accounts`);
      }),
  },
  { name: 'root sessions', run: (resources) => withAwsErrors(() => checkRootSessions(resources)) },
  {
    name: 'central root access',
    run: (resources) => withAwsErrors(() => checkCentralRootAccess(resources)),
  },
  { name: 'member role', run: (resources) => withAwsErrors(() => checkMemberRole(resources)) },
  { name: 'guardrails', run: (resources) => withAwsErrors(() => checkGuardrails(resources)) },
  { name: 'root events', run: (resources) => withAwsErrors(() => checkRootEvents(resources)) },
  {
    name: 'clock and AWS',
    run: ({ aws, now }) =>
      withAwsErrors(async () => {
        let date: string | undefined;
        // A client of its own, so that the middleware does not stay on the shared one.
        const sts = new STSClient({ region: (await aws.require()).region, maxAttempts: 2 });
        sts.middlewareStack.add(
          (next) => async (args) => {
            const result = await next(args);
            date = (result.response as { headers?: Record<string, string> }).headers?.['date'];
            return result;
          },
          { step: 'deserialize', name: 'readServerDate', override: true },
        );
        await sts.send(new GetCallerIdentityCommand({})).catch(() => {
          throw new MissingResourceError('an AWS identity');
        });
        return checkClock('AWS', date, now());
      }),
  },
];

async function withAwsErrors(check: () => Promise<CheckResult>): Promise<CheckResult> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof AwsFailure)
      return fail(error.message, 'docs/aws.md lists the roles and permissions.');
    throw error;
  }
}

async function checkRootSessions({ config, collector, sample, aws }: DoctorResources): Promise<CheckResult> {
  const { rootSessions } = (await config.require()).aws;
  if (rootSessions === 'never') return ok('not used: aws.rootSessions is never');
  const { organization, read } = await collector.require();
  if (!organization) return ok('not used: there is no organization');

  const account = await sample.require();
  const features = await readFeatures(await aws.require());
  const enabled = resultValue(features);
  if (enabled && !enabled.includes(ROOT_ACCESS)) {
    return warn(
      'unavailable: centralized root access is off in the organization, so member roles are needed',
      'In the management account: aws iam enable-organizations-root-credentials-management',
    );
  }
  const { errors } = await read(account);
  const refusal = errors.find(({ call }) => call === 'sts:AssumeRoot');
  if (!refusal) return ok(`available, tested on ${account.name} (${account.id})`);
  return warn(
    `unavailable on ${account.name} (${account.id}): ${refusal.code}, ${refusal.message}`,
    'Allow sts:AssumeRoot with the audit policy, as in docs/aws.md; until then member roles are needed.',
  );
}

/** CIS 2.1.1, judged for the organization. */
async function checkCentralRootAccess({ collector, config }: DoctorResources): Promise<CheckResult> {
  const { cis } = (await config.require()).policy;
  const number = cisNumber('central-root-access', cis);
  const control = number === undefined ? '' : ` (CIS ${cis} ${number})`;
  switch (await (await collector.require()).centralRootAccess()) {
    case 'enabled':
      return ok(`root credentials are managed centrally${control}`);
    case 'not_applicable':
      return ok('not used: there is no organization');
    case 'disabled':
      return warn(
        `root credentials are not managed centrally${control}`,
        'In the management account: aws iam enable-organizations-root-credentials-management',
      );
    case 'unknown':
      return warn(
        'could not read whether root credentials are managed centrally',
        'Allow iam:ListOrganizationsFeatures in the management account, as in docs/aws.md.',
      );
  }
}

async function checkMemberRole(resources: DoctorResources): Promise<CheckResult> {
  const { aws } = await resources.config.require();
  const account = await resources.sample.require();
  await resources.collector.require();
  const roleCollector = await openCollector(
    { ...aws, rootSessions: 'never' },
    { clients: await resources.aws.require() },
  );
  const { errors } = await roleCollector.read(account);
  const refusal = errors.find(({ call }) => call === 'sts:AssumeRole');
  if (!refusal) return ok(`${aws.memberRole} can be assumed, tested on ${account.name} (${account.id})`);

  const message = `${aws.memberRole} cannot be assumed in ${account.name} (${account.id}): ${refusal.code}`;
  const rootSessionResult = await checkRootSessions(resources);
  const rootSessionsWork =
    rootSessionResult.state === 'ok' && rootSessionResult.message.startsWith('available');
  const advice =
    'Deploy the role with deploy/aws (a StackSet or the Terraform module), or set aws.memberRole.';
  return rootSessionsWork
    ? warn(`${message}; it is needed only where root sessions are unavailable`, advice)
    : fail(`${message}, and root sessions are also unavailable: the bot can read nothing there`, advice);
}
