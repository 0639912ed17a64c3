import { parseArgs } from 'node:util';
import { type SimulatedPrincipal, startSimulatedAws } from '@root-mfa-bot/aws-simulator';
import { demoCompany, organizationOf } from './company.ts';
import { syntheticCompany } from './synthetic-company.ts';

// The simulated organization alone, for a shell or a benchmark:
//   npx tsx src/demo/serve-aws.ts > aws.env
//   . ./aws.env && npm run scan
const USAGE =
  'Usage: npx tsx src/demo/serve-aws.ts [options]\n\n' +
  'Serves a simulated AWS organization, and prints the environment that points an AWS SDK at it.\n\n' +
  '  --accounts N    a synthetic organization of N accounts (default: the company of the demo)\n' +
  '  --latency MS    wait before each answer (default: 0)\n' +
  '  --port P        listen on this port (default: a free one)\n' +
  '  --throttle P    refuse this share of the calls for coming too fast, such as 0.05\n' +
  '  --quotas        refuse calls above the published quotas\n' +
  '  --caller WHO    management, delegated, member, standalone, powerless or expired (default: management)\n' +
  '  --help          print this text\n';

try {
  await serve();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
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
      throttle: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });

  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }

  const company = values.accounts === undefined ? demoCompany() : syntheticCompany(Number(values.accounts));
  const organization = organizationOf(company);
  if (Number(values.throttle) > 0) {
    organization.setFault('*', '*', { kind: 'throttle-share', share: Number(values.throttle) });
  }
  const aws = await startSimulatedAws({
    organization,
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
    `${company.accounts.length} accounts at ${aws.url}; call counts are at ${aws.url}/counts. Press Ctrl+C to stop.\n`,
  );
}

function parseWholeNumber(option: string, text: string): number {
  if (!/^\d+$/.test(text))
    throw new RangeError(`Cannot read ${option} ${JSON.stringify(text)}: expected a whole number`);
  return Number(text);
}
