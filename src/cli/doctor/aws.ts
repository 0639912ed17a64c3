import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { openCollector } from '../../aws/collector.ts';
import { AwsFailure, failureOf } from '../../aws/failure.ts';
import { callerIdentity } from '../../aws/identity.ts';
import { readFeatures } from '../../aws/organization.ts';
import { told } from '../../domain/evidence.ts';
import { broken, type Check, doubtful, type Finding, Missing, ok } from './check.ts';
import { clockFinding } from './clock.ts';
import type { Patient } from './resources.ts';
import { counted } from './format-values.ts';

const ROOT_ACCESS = 'RootCredentialsManagement';

export const awsChecks: readonly Check[] = [
  {
    name: 'identity',
    look: ({ aws }) =>
      explained(async () => {
        const clients = await aws.look();
        const { arn } = await callerIdentity(clients).catch((error: unknown) => {
          throw failureOf('Cannot sign in to AWS', error);
        });
        return ok(`${arn}, asked in ${clients.region}`);
      }),
  },
  {
    name: 'accounts',
    look: ({ aws, collector, accounts }) =>
      explained(async () => {
        await callerIdentity(await aws.need()).catch(() => {
          throw new Missing('an AWS identity');
        });
        const { warning, organization, identity } = await collector.look();
        const { found, more } = await accounts.look();
        if (warning) return doubtful(warning, 'docs/aws.md has the roles that make it see all.');
        const listed = `${counted(found.length, 'account')}${more ? ' or more' : ''}`;
        return organization
          ? ok(`the organization can be listed as ${identity.arn}: ${listed}`)
          : ok(`${listed}, as aws.accounts lists them`);
      }),
  },
  { name: 'root sessions', look: (patient) => explained(() => rootSessionFinding(patient)) },
  { name: 'member role', look: (patient) => explained(() => memberRoleFinding(patient)) },
  {
    name: 'clock and AWS',
    look: ({ aws, now }) =>
      explained(async () => {
        let date: string | undefined;
        // The shared client keeps how it makes its calls; this one is for once.
        const sts = new STSClient({ region: (await aws.need()).region, maxAttempts: 2 });
        sts.middlewareStack.add(
          (next) => async (args) => {
            const result = await next(args);
            date = (result.response as { headers?: Record<string, string> }).headers?.['date'];
            return result;
          },
          { step: 'deserialize', name: 'whatTimeIsIt', override: true },
        );
        await sts.send(new GetCallerIdentityCommand({})).catch(() => {
          throw new Missing('an AWS identity');
        });
        return clockFinding('AWS', date, now());
      }),
  },
];

async function explained(look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AwsFailure)
      return broken(error.message, 'docs/aws.md has the roles and the permissions.');
    throw error;
  }
}

async function rootSessionFinding({ config, collector, sample, aws }: Patient): Promise<Finding> {
  const { rootSessions } = (await config.need()).aws;
  if (rootSessions === 'never') return ok('not used: aws.rootSessions is never');
  const { organization, read } = await collector.need();
  if (!organization) return ok('not used: there is no organization that could give them');

  const account = await sample.need();
  const features = await readFeatures(await aws.need());
  const enabled = told(features);
  if (enabled && !enabled.includes(ROOT_ACCESS)) {
    return doubtful(
      'not possible: central root access is off in the organization, so member roles must do',
      'In the management account: aws iam enable-organizations-root-credentials-management',
    );
  }
  const { errors } = await read(account);
  const refusal = errors.find(({ call }) => call === 'sts:AssumeRoot');
  if (!refusal) return ok(`possible, tried on ${account.name} (${account.id})`);
  return doubtful(
    `not possible on ${account.name} (${account.id}): ${refusal.code}, ${refusal.message}`,
    'Allow sts:AssumeRoot with the audit policy, as in docs/aws.md; until then member roles must do.',
  );
}

async function memberRoleFinding(patient: Patient): Promise<Finding> {
  const { aws } = await patient.config.need();
  const account = await patient.sample.need();
  await patient.collector.need();
  const asRole = await openCollector(
    { ...aws, rootSessions: 'never' },
    { clients: await patient.aws.need() },
  );
  const { errors } = await asRole.read(account);
  const refusal = errors.find(({ call }) => call === 'sts:AssumeRole');
  if (!refusal) return ok(`${aws.memberRole} opens, tried on ${account.name} (${account.id})`);

  const says = `${aws.memberRole} does not open in ${account.name} (${account.id}): ${refusal.code}`;
  const root = await rootSessionFinding(patient);
  const hasRoot = root.state === 'ok' && root.says.startsWith('possible');
  const advice =
    'Roll the role out with deploy/aws (a stack set, or the Terraform module), or set aws.memberRole.';
  return hasRoot
    ? doubtful(`${says}; it is only needed where a root session is not possible`, advice)
    : broken(`${says}, and root sessions are not possible either: nothing can be read there`, advice);
}
