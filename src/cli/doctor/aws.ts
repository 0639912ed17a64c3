import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { openCollector } from '../../aws/collector.ts';
import { AwsFailure, toAwsFailure } from '../../aws/failure.ts';
import { readCallerIdentity } from '../../aws/identity.ts';
import { readFeatures } from '../../aws/organization.ts';
import { resultValue } from '../../domain/evidence.ts';
import { type Check, type CheckResult, fail, MissingResourceError, ok, warn } from './check.ts';
import { checkClock } from './clock.ts';
import { formatCount } from './format-values.ts';
import type { DoctorResources } from './resources.ts';

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
        return ok(`${arn}, asked in ${clients.region}`);
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
        if (warning) return warn(warning, 'docs/aws.md has the roles that make it see all.');
        const listed = `${formatCount(found.length, 'account')}${more ? ' or more' : ''}`;
        return organization
          ? ok(`the organization can be listed as ${identity.arn}: ${listed}`)
          : ok(`${listed}, as aws.accounts lists them`);
      }),
  },
  { name: 'root sessions', run: (resources) => withAwsErrors(() => checkRootSessions(resources)) },
  { name: 'member role', run: (resources) => withAwsErrors(() => checkMemberRole(resources)) },
  {
    name: 'clock and AWS',
    run: ({ aws, now }) =>
      withAwsErrors(async () => {
        let date: string | undefined;
        // The shared client keeps how it makes its calls; this one is for once.
        const sts = new STSClient({ region: (await aws.require()).region, maxAttempts: 2 });
        sts.middlewareStack.add(
          (next) => async (args) => {
            const result = await next(args);
            date = (result.response as { headers?: Record<string, string> }).headers?.['date'];
            return result;
          },
          { step: 'deserialize', name: 'whatTimeIsIt', override: true },
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
      return fail(error.message, 'docs/aws.md has the roles and the permissions.');
    throw error;
  }
}

async function checkRootSessions({ config, collector, sample, aws }: DoctorResources): Promise<CheckResult> {
  const { rootSessions } = (await config.require()).aws;
  if (rootSessions === 'never') return ok('not used: aws.rootSessions is never');
  const { organization, read } = await collector.require();
  if (!organization) return ok('not used: there is no organization that could give them');

  const account = await sample.require();
  const features = await readFeatures(await aws.require());
  const enabled = resultValue(features);
  if (enabled && !enabled.includes(ROOT_ACCESS)) {
    return warn(
      'not possible: central root access is off in the organization, so member roles must do',
      'In the management account: aws iam enable-organizations-root-credentials-management',
    );
  }
  const { errors } = await read(account);
  const refusal = errors.find(({ call }) => call === 'sts:AssumeRoot');
  if (!refusal) return ok(`possible, tried on ${account.name} (${account.id})`);
  return warn(
    `not possible on ${account.name} (${account.id}): ${refusal.code}, ${refusal.message}`,
    'Allow sts:AssumeRoot with the audit policy, as in docs/aws.md; until then member roles must do.',
  );
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
  if (!refusal) return ok(`${aws.memberRole} opens, tried on ${account.name} (${account.id})`);

  const message = `${aws.memberRole} does not open in ${account.name} (${account.id}): ${refusal.code}`;
  const rootSessionResult = await checkRootSessions(resources);
  const rootSessionsWork =
    rootSessionResult.state === 'ok' && rootSessionResult.message.startsWith('possible');
  const advice =
    'Roll the role out with deploy/aws (a stack set, or the Terraform module), or set aws.memberRole.';
  return rootSessionsWork
    ? warn(`${message}; it is only needed where a root session is not possible`, advice)
    : fail(`${message}, and root sessions are not possible either: nothing can be read there`, advice);
}
