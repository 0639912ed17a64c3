// Checks that every shipped package has an allowed license.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Licenses that only require keeping their text; all are compatible with Apache-2.0. */
const ALLOWED: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
]);

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly license?: string; readonly dev?: boolean; readonly link?: boolean }>
  >;
}

/** Returns how many packages of a lock file are shipped, and which of them have a license that is not allowed or none. */
export function licensesOf(lock: Lock): { readonly shipped: number; readonly disallowed: readonly string[] } {
  const shipped = Object.entries(lock.packages).filter(
    ([path, { dev, link }]) => path !== '' && !dev && !link && !isWorkspace(path),
  );
  return {
    shipped: shipped.length,
    disallowed: shipped
      .filter(([, { license }]) => license === undefined || !isAllowed(license))
      .map(([path, { license }]) => `${path.replace(/^.*node_modules\//, '')}: ${license ?? 'no license'}`),
  };
}

/** Workspaces are our own code, for development only. */
function isWorkspace(path: string): boolean {
  return path.startsWith('packages/');
}

/** SPDX: "A OR B" is a choice, "A AND B" requires both. */
function isAllowed(expression: string): boolean {
  const choices = expression.replace(/[()]/g, '').split(/ OR /);
  return choices.some((choice) => choice.split(/ AND /).every((license) => ALLOWED.has(license.trim())));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { shipped, disallowed } = licensesOf(JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock);
  for (const line of disallowed)
    process.stderr.write(`${line}: not on the list of licenses in scripts/licenses.ts\n`);
  process.stdout.write(`licenses: ${shipped} packages shipped, ${disallowed.length} not allowed\n`);
  process.exitCode = disallowed.length > 0 ? 1 : 0;
}
