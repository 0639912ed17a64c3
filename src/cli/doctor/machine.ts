import { existsSync, readFileSync } from 'node:fs';
import { ConfigError } from '../../config/config.ts';
import { readEnvironment } from '../../config/environment.ts';
import { type Check, type CheckResult, fail, ok } from './check.ts';

const PACKAGE = new URL('../../../package.json', import.meta.url);

export const machineChecks: readonly Check[] = [
  {
    name: 'Node.js',
    async run() {
      const { engines } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { engines: { node: string } };
      const found = process.versions.node;
      return satisfiesRange(found, engines.node)
        ? ok(found)
        : fail(`${found}, but ${engines.node} is needed`, 'Install the newest long-term version of Node.js.');
    },
  },
  {
    name: 'configuration',
    async run({ env, config }) {
      const file = env['ROOT_MFA_CONFIG'] || './root-mfa.yml';
      return withConfigErrors(
        `${file} cannot be used`,
        'Correct the lines; docs/configuration.md explains each setting.',
        async () => {
          await config.open();
          return ok(existsSync(file) ? file : `there is no ${file}, so every default holds`);
        },
      );
    },
  },
  {
    name: 'environment',
    run: ({ env, store }) =>
      withConfigErrors(
        'settings are missing or malformed',
        'Set them where the bot is started, or in .env.',
        async () => {
          const environment = readEnvironment(env);
          const mode = environment.SLACK_APP_TOKEN ? 'Socket Mode' : 'HTTP mode';
          return ok(`${mode}, ${store.url ? 'PostgreSQL' : `embedded database in ${store.dataDir}`}`);
        },
      ),
  },
];

async function withConfigErrors(
  message: string,
  advice: string,
  check: () => Promise<CheckResult>,
): Promise<CheckResult> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof ConfigError) return fail(message, advice, error.problems);
    throw error;
  }
}

/** Whether a version is within a range such as `^20.19.0 || >=24.0.0`. */
export function satisfiesRange(version: string, range: string): boolean {
  const numbers = (text: string) => text.split('.').map(Number);
  const found = numbers(version);
  return range.split('||').some((part) => {
    const [, kind, minimum = ''] = /^\s*(\^|>=)(\d+\.\d+\.\d+)\s*$/.exec(part) ?? [];
    const required = numbers(minimum);
    const firstDifference = required.findIndex((number, index) => number !== found[index]);
    const isNewEnough =
      firstDifference < 0 || (found[firstDifference] ?? 0) > (required[firstDifference] ?? 0);
    return isNewEnough && (kind === '>=' || found[0] === required[0]);
  });
}
