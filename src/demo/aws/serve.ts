import { parseArgs } from 'node:util';
import { demoCompany, organizationOf } from '../company.ts';
import { syntheticCompany } from '../synthetic-company.ts';
import type { Caller } from './callers.ts';
import { startSimulatedAws } from './server.ts';

// The simulation by itself, for a shell or a benchmark:
//   npx tsx src/demo/aws/serve.ts [--accounts N] [--latency MS] [--port P] [--caller NAME] [--quotas]

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
  port: Number(values.port),
  latencyMs: Number(values.latency),
  quotas: values.quotas,
});

const lines = Object.entries(aws.environment(values.caller as Caller)).map(
  ([name, value]) => `export ${name}='${value}'`,
);
process.stdout.write(`${lines.join('\n')}\n`);
process.stderr.write(
  `${company.accounts.length} accounts at ${aws.url}; what was asked is at ${aws.url}/counts. Ctrl-C ends it.\n`,
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void aws.close());
}
