import { existsSync, readFileSync } from 'node:fs';
import { ConfigError } from '../../config/config.ts';
import { readEnvironment } from '../../config/environment.ts';
import { broken, type Check, type Finding, ok } from './check.ts';

const PACKAGE = new URL('../../../package.json', import.meta.url);

export const machineChecks: readonly Check[] = [
  {
    name: 'Node.js',
    async look() {
      const { engines } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as { engines: { node: string } };
      const found = process.versions.node;
      return isWithin(found, engines.node)
        ? ok(found)
        : broken(
            `${found}, but ${engines.node} is needed`,
            'Install the newest long-term version of Node.js.',
          );
    },
  },
  {
    name: 'configuration',
    async look({ env, config }) {
      const file = env['ROOT_MFA_CONFIG'] || './root-mfa.yml';
      return namingMistakes(
        `${file} cannot be used`,
        'Correct the lines; docs/configuration.md explains each setting.',
        async () => {
          await config.look();
          return ok(existsSync(file) ? file : `there is no ${file}, so every default holds`);
        },
      );
    },
  },
  {
    name: 'environment',
    look: ({ env, store }) =>
      namingMistakes(
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

async function namingMistakes(says: string, advice: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof ConfigError) return broken(says, advice, error.problems);
    throw error;
  }
}

/** Whether a version is within a range such as `^20.19.0 || >=24.0.0`. */
export function isWithin(version: string, range: string): boolean {
  const numbers = (text: string) => text.split('.').map(Number);
  const found = numbers(version);
  return range.split('||').some((part) => {
    const [, kind, least = ''] = /^\s*(\^|>=)(\d+\.\d+\.\d+)\s*$/.exec(part) ?? [];
    const wanted = numbers(least);
    const at = wanted.findIndex((number, index) => number !== found[index]);
    const isNoOlder = at < 0 || (found[at] ?? 0) > (wanted[at] ?? 0);
    return isNoOlder && (kind === '>=' || found[0] === wanted[0]);
  });
}
