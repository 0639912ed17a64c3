import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatedOrganization, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { createAwsClients } from '../src/aws/clients.ts';
import { openCollector } from '../src/aws/collector.ts';
import { parseConfig } from '../src/config/config.ts';
import { COMPANY_POLICIES } from '../src/demo/company-policies.ts';
import { syntheticCompany } from '../src/demo/synthetic-company.ts';
import type { Account } from '../src/domain/account.ts';

const POLICIES = 60;

/** Reads and evaluates the service control policies of organizations of some sizes, at the pace that AWS allows. */
export async function guardrailsBench(args: readonly string[]): Promise<void> {
  const sizes = args.length > 0 ? args.map(Number) : [1_000, 10_000];
  process.stdout.write('| accounts | policies | calls | repeated | wall s | memory MB |\n');
  process.stdout.write('| --- | --- | --- | --- | --- | --- |\n');
  for (const size of sizes) process.stdout.write(`${await measure(size)}\n`);
}

async function measure(size: number): Promise<string> {
  const organization = organizationWithPolicies(size);
  const aws = await startSimulatedAws({ organization });
  Object.assign(process.env, aws.environment('management'));
  const clients = await createAwsClients({ concurrency: 50 });
  let repeated = 0;
  clients.organizations.middlewareStack.add(
    (next) => async (call) => {
      const answer = await next(call);
      repeated += (answer.output.$metadata.attempts ?? 1) - 1;
      return answer;
    },
    { step: 'initialize', name: 'countRepeatedCalls' },
  );
  const collector = await openCollector(parseConfig('').aws, { clients });
  const accounts: Account[] = [];
  for await (const page of collector.accounts()) accounts.push(...page);
  // The bucket of the list is full again: the measured calls have others.
  await sleep(1_000);
  const before = aws.calls.total;
  repeated = 0;

  const startedAt = performance.now();
  const reader = collector.directory({
    orgUnits: true,
    tags: false,
    contacts: false,
    guardrails: 'organization',
  });
  reader.learn(accounts);
  const { entries, errors } = await reader.finish();
  const seconds = (performance.now() - startedAt) / 1000;

  const unread = [...entries.values()].filter(({ guardrails }) => guardrails === null).length;
  if (errors.length + unread > 0) throw new Error(`${unread} accounts not read: ${JSON.stringify(errors)}`);
  const cells = [
    size.toLocaleString('en'),
    POLICIES,
    aws.calls.total - before,
    repeated,
    seconds.toFixed(1),
    Math.round(process.memoryUsage().rss / 1024 / 1024),
  ];
  collector.close();
  await aws.close();
  return `| ${cells.join(' | ')} |`;
}

/** The synthetic company under sixty policies: some on the root, most on its units and on single accounts. */
function organizationWithPolicies(size: number): SimulatedOrganization {
  const { organization } = syntheticCompany(size);
  const targets = ['/', ...new Set(organization.accounts.map(({ orgUnit }) => orgUnit ?? '/'))];
  const others = Array.from({ length: POLICIES - COMPANY_POLICIES.length - 1 }, (_, n) => {
    const { content } = COMPANY_POLICIES[n % COMPANY_POLICIES.length] ?? { content: null };
    if (!content) throw new Error('The demo has no policies');
    return { name: `policy-${n}`, content, targets: [targets[n % targets.length] ?? '/'] };
  });
  return new SimulatedOrganization({
    ...organization,
    serviceControlPolicies: [...(organization.serviceControlPolicies ?? []), ...others],
  });
}
