import { botBench } from './bot.ts';
import { evidenceBench } from './evidence.ts';
import { guardrailsBench } from './guardrails.ts';
import { notificationsBench } from './notifications.ts';
import { rootEventsBench } from './root-events.ts';
import { scanBench } from './scan.ts';

const [name = 'scan', ...args] = process.argv.slice(2);
const benches: Record<string, (args: readonly string[]) => Promise<void>> = {
  scan: scanBench,
  bot: botBench,
  notifications: notificationsBench,
  guardrails: guardrailsBench,
  evidence: evidenceBench,
  'root-events': rootEventsBench,
};

const bench = benches[name];
if (!bench) {
  process.stderr.write(`There is no benchmark ${name}; there are: ${Object.keys(benches).join(', ')}\n`);
  process.exitCode = 2;
} else {
  await bench(args);
}
