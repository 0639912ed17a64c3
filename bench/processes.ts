import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A script of ours in a process of its own, with options of Node if there are some. */
export function run(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const loader = path.endsWith('.ts') ? ['--import', 'tsx'] : [];
  return spawn(process.execPath, [...nodeOptions, ...loader, path, ...args], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** A simulated organization in a process of its own, and the environment in which to talk to it. */
export async function runSimulation(
  accounts: number,
  latencyMs: number,
  throttle = 0,
): Promise<{ readonly simulation: ChildProcess; readonly environment: Record<string, string> }> {
  const args = [
    '--accounts',
    String(accounts),
    '--latency',
    String(latencyMs),
    '--throttle',
    String(throttle),
  ];
  const simulation = run('../src/demo/serve-aws.ts', args);
  let text = '';
  for await (const chunk of simulation.stdout ?? []) {
    text += String(chunk);
    if (text.includes('AWS_EC2_METADATA_DISABLED=') && text.endsWith('\n')) break;
  }
  const lines = [...text.matchAll(/^export (\w+)='(.*)'$/gm)];
  return {
    simulation,
    environment: Object.fromEntries(lines.map(([, name = '', value = '']) => [name, value])),
  };
}

/** The last line that a process writes before it ends. */
export async function lastLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) text += String(chunk);
  return text.trim().split('\n').at(-1) ?? '';
}
