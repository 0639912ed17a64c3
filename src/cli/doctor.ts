import { secretValues } from '../config/environment.ts';
import { createRedactor } from '../log.ts';
import { type Check, type CheckResult, skip } from './doctor/check.ts';
import { createFormatter } from './doctor/format.ts';
import { MissingResourceError } from './doctor/missing-resource-error.ts';
import { createResources, type DoctorResources } from './doctor/resources.ts';
import { SECTIONS } from './doctor/sections.ts';
import type { Terminal } from './scan.ts';

export interface DoctorOptions {
  readonly json?: true;
  readonly sendTestEvent?: true;
}

/** One result in the JSON report. */
interface SectionResult extends CheckResult {
  readonly section: string;
  readonly check: string;
}

const TIMEOUT_MS = 60_000;

/** Runs every check, prints the results, and returns the exit code: 1 if any check failed. */
export async function doctor(
  options: DoctorOptions,
  { env, stdout }: Pick<Terminal, 'env' | 'stdout'>,
): Promise<number> {
  const resources = createResources(env, { sendTestEvent: options.sendTestEvent === true });
  const hide = createRedactor(secretValues(env));
  const formatter = createFormatter({
    color: stdout.isTTY === true && !env['NO_COLOR'],
    columns: stdout.columns,
    longestName: Math.max(...SECTIONS.flatMap(({ checks }) => checks.map(({ name }) => name.length))),
  });
  const print = (text: string) => (options.json ? undefined : stdout.write(hide(text)));
  const results: SectionResult[] = [];
  try {
    for (const { title, checks } of SECTIONS) {
      print(formatter.title(title));
      for (const check of checks) {
        const result = await runCheck(check, resources);
        results.push({ section: title, check: check.name, ...result });
        print(formatter.result(check.name, result));
      }
    }
  } finally {
    await resources.close();
  }
  print(formatter.summary(results));
  const isFine = results.every(({ state }) => state !== 'failed');
  if (options.json)
    stdout.write(`${hide(JSON.stringify({ version: 2, ok: isFine, findings: results }, null, 2))}\n`);
  return isFine ? 0 : 1;
}

/** Runs one check with a deadline; never throws. */
async function runCheck(check: Check, resources: DoctorResources): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<CheckResult>((resolve) => {
    const message = 'no answer within one minute';
    timer = setTimeout(
      () => resolve({ state: 'failed', message, advice: 'Check the network, and try again.' }),
      TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([check.run(resources), timeout]);
  } catch (error) {
    if (error instanceof MissingResourceError) return skip(`skipped: needs ${error.message}`);
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { state: 'failed', message, advice: 'This is unexpected. Check the bot log for more.' };
  } finally {
    clearTimeout(timer);
  }
}
