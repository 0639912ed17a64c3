import { secretsOf } from '../config/environment.ts';
import { hiding } from '../log.ts';
import { type Check, type Finding, Missing, skipped } from './doctor/check.ts';
import { type Patient, patientOf } from './doctor/resources.ts';
import { pencil } from './doctor/format.ts';
import { WARDS } from './doctor/sections.ts';
import type { Terminal } from './scan.ts';

export interface DoctorOptions {
  readonly json?: true;
}

/** One finding, as it is told to programs. */
interface Told extends Finding {
  readonly ward: string;
  readonly check: string;
}

const PATIENCE_MS = 60_000;

/** Looks at every prerequisite one by one, tells how each is, and gives the exit code: 1 where something is broken. */
export async function doctor(
  options: DoctorOptions,
  { env, stdout }: Pick<Terminal, 'env' | 'stdout'>,
): Promise<number> {
  const patient = patientOf(env);
  const hide = hiding(secretsOf(env));
  const pen = pencil({
    color: stdout.isTTY === true && !env['NO_COLOR'],
    columns: stdout.columns,
    longestName: Math.max(...WARDS.flatMap(({ checks }) => checks.map(({ name }) => name.length))),
  });
  const say = (text: string) => (options.json ? undefined : stdout.write(hide(text)));
  const told: Told[] = [];
  try {
    for (const { title, checks } of WARDS) {
      say(pen.title(title));
      for (const check of checks) {
        const finding = await look(check, patient);
        told.push({ ward: title, check: check.name, ...finding });
        say(pen.finding(check.name, finding));
      }
    }
  } finally {
    await patient.close();
  }
  say(pen.summary(told));
  const isFine = told.every(({ state }) => state !== 'broken');
  if (options.json)
    stdout.write(`${hide(JSON.stringify({ version: 1, ok: isFine, findings: told }, null, 2))}\n`);
  return isFine ? 0 : 1;
}

/** One look, which ends whatever happens. */
async function look(check: Check, patient: Patient): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<Finding>((resolve) => {
    const says = 'no answer within a minute';
    timer = setTimeout(
      () => resolve({ state: 'broken', says, advice: 'Check the network, and try again.' }),
      PATIENCE_MS,
    );
  });
  try {
    return await Promise.race([check.look(patient), patience]);
  } catch (error) {
    if (error instanceof Missing) return skipped(`not looked at: it needs ${error.message}`);
    const says = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { state: 'broken', says, advice: 'This was not foreseen. The log of the bot may tell more.' };
  } finally {
    clearTimeout(timer);
  }
}
