// Prints known vulnerabilities of what is shipped. Exits with 1 where there are some, with 2 where it could not look.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type Audit =
  | { readonly kind: 'clean' }
  | { readonly kind: 'vulnerable'; readonly packages: readonly string[] }
  | { readonly kind: 'unavailable'; readonly why: string };

interface Report {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string; readonly range: string }>>;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
}

/** Returns what a report of `npm audit --json` says about high and critical vulnerabilities. Throws for anything else. */
export function readAudit(json: string): Audit {
  const { vulnerabilities, message, error } = JSON.parse(json) as Report;
  if (vulnerabilities === undefined) {
    const why = message ?? error?.summary;
    if (!why) throw new Error(`npm audit gave neither a report nor a reason: ${json.slice(0, 200)}`);
    return { kind: 'unavailable', why: why.split('\n', 1).join('') };
  }
  const packages = Object.entries(vulnerabilities)
    .filter(([, { severity }]) => severity === 'high' || severity === 'critical')
    .map(([name, { severity, range }]) => `${name} ${range}: ${severity}`);
  return packages.length > 0 ? { kind: 'vulnerable', packages } : { kind: 'clean' };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
  const audit = readAudit(stdout);
  switch (audit.kind) {
    case 'clean':
      process.stdout.write('audit: no high or critical vulnerability is known\n');
      break;
    case 'unavailable':
      process.stderr.write(`audit: could not run, the registry did not answer: ${audit.why}\n`);
      process.exitCode = 2;
      break;
    case 'vulnerable':
      for (const line of audit.packages) process.stderr.write(`${line}\n`);
      process.stdout.write(
        `audit: ${audit.packages.length} package(s) with a high or critical vulnerability\n`,
      );
      process.exitCode = 1;
  }
}
