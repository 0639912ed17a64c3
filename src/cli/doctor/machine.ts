import { existsSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type Config, ConfigError, parseConfig } from '../../config/config.ts';
import { readEnvironment } from '../../config/environment.ts';
import { type Check, type CheckResult, fail, ok } from './check.ts';

const EXAMPLE = new URL('../../../root-mfa.example.yml', import.meta.url);
const PACKAGE = new URL('../../../package.json', import.meta.url);

export const machineChecks: readonly Check[] = [
  {
    name: 'Node.js',
    async run() {
      const { engines } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { engines: { node: string } };
      const found = process.versions.node;
      return satisfiesRange(found, engines.node)
        ? ok(found)
        : fail(`${found}, but ${engines.node} is required`, 'Install the current LTS version of Node.js.');
    },
  },
  {
    name: 'configuration',
    async run({ env, config }) {
      const file = env['ROOT_MFA_CONFIG'] || './root-mfa.yml';
      return withConfigErrors(
        `${file} is not valid`,
        'Correct these lines; docs/configuration.md explains every setting.',
        async () => {
          const settings = await config.open();
          if (existsSync(file) && isUnchangedExample(settings)) {
            return fail(
              `${file} is the example, unchanged`,
              'Set at least slack.channel and slack.admins to your own; docs/configuration.md explains every setting.',
            );
          }
          return ok(existsSync(file) ? file : `no ${file}: all defaults apply`);
        },
      );
    },
  },
  {
    name: 'environment',
    run: ({ env, store }) =>
      withConfigErrors(
        'settings are missing or invalid',
        'Set them in the environment of the bot, or in .env.',
        async () => {
          const environment = readEnvironment(env);
          const mode = environment.SLACK_APP_TOKEN ? 'Socket Mode' : 'HTTP mode';
          return ok(`${mode}, ${store.url ? 'PostgreSQL' : `embedded database in ${store.dataDir}`}`);
        },
      ),
  },
];

function isUnchangedExample(settings: Config): boolean {
  return existsSync(EXAMPLE) && isDeepStrictEqual(settings, parseConfig(readFileSync(EXAMPLE, 'utf8')));
}

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

/** Returns whether a version satisfies a range such as `^20.19.0 || >=24.0.0`. */
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
