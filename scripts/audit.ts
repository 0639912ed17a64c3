// Known vulnerabilities of what is shipped. A registry that cannot be asked is said, and is not taken for a clean bill.
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

/** What a report of `npm audit --json` says of vulnerabilities that are high or critical. Throws for what is no report. */
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
      process.stdout.write(`audit: NOT DONE, the registry did not tell: ${audit.why}\n`);
      break;
    case 'vulnerable':
      for (const line of audit.packages) process.stderr.write(`${line}\n`);
      process.stdout.write(
        `audit: ${audit.packages.length} package(s) with a high or critical vulnerability\n`,
      );
      process.exitCode = 1;
  }
}
