import { parseArgs } from 'node:util';
import { type SimulatedPrincipal, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { demoCompany, organizationOf } from './company.ts';
import { syntheticCompany } from './synthetic-company.ts';

// The simulation by itself, for a shell or a benchmark. It prints what to export:
//   npx tsx src/demo/aws/serve.ts > aws.env
//   . ./aws.env && npm run scan
const USAGE =
  'Usage: serve.ts [--accounts N] [--latency MS] [--port P] [--quotas]\n' +
  '                [--caller management|delegated|member|standalone|powerless|expired]\n';

try {
  await serve();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 2;
}

async function serve(): Promise<void> {
  const { values } = parseArgs({
    options: {
      accounts: { type: 'string' },
      latency: { type: 'string', default: '0' },
      port: { type: 'string', default: '0' },
      caller: { type: 'string', default: 'management' },
      quotas: { type: 'boolean', default: false },
    },
  });

  const company = values.accounts === undefined ? demoCompany() : syntheticCompany(Number(values.accounts));
  const aws = await startSimulatedAws({
    organization: organizationOf(company),
    port: parseWholeNumber('--port', values.port),
    latencyMs: parseWholeNumber('--latency', values.latency),
    quotas: values.quotas,
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void aws.close());

  try {
    const environment = Object.entries(aws.environment(values.caller as SimulatedPrincipal));
    process.stdout.write(environment.map(([name, value]) => `export ${name}='${value}'\n`).join(''));
  } catch (error) {
    await aws.close();
    throw error;
  }
  process.stderr.write(
    `${company.accounts.length} accounts at ${aws.url}; what was asked is at ${aws.url}/counts. Ctrl-C ends it.\n`,
  );
}

function parseWholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text))
    throw new RangeError(`Cannot read ${option} ${JSON.stringify(text)}: expected a whole number`);
  return Number(text);
}
