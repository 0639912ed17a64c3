import { spawnSync } from 'node:child_process';
import { expect, jest, test } from '@jest/globals';
import { compiled } from '../support/compiled.ts';
import { emptyDataDir } from '../support/database.ts';
import { createTestFolder } from '../support/test-folder.ts';

jest.setTimeout(120_000);

const folder = createTestFolder();
const DATA_DIR = await emptyDataDir();

/** `root-mfa-bot migrate` as a host runs it before a release. */
function migrate(env: Record<string, string>) {
  return spawnSync(process.execPath, [compiled('src/cli/main.ts'), 'migrate'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, DATA_DIR, ...env },
    encoding: 'utf8',
  });
}

const tokens = { SLACK_BOT_TOKEN: 'xoxb-of-a-test', SLACK_APP_TOKEN: 'xapp-of-a-test' };

test('a release applies what is missing, and the next one finds nothing to do', () => {
  const first = migrate(tokens);
  const second = migrate(tokens);

  expect(first.stderr).toMatch(/^Applied 0001_accounts, /m);
  expect(second.stderr).toMatch(/^The database is up to date/m);
  expect([first.status, second.status]).toEqual([0, 0]);
});

test('a release that cannot start is refused in words', () => {
  const noTokens = migrate({});
  const noServer = migrate({ ...tokens, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' });

  expect(noTokens.stderr).toMatch(/^SLACK_BOT_TOKEN is missing/);
  expect(noServer.stderr).not.toMatch(/^\s+at /m);
  expect([noTokens.status, noServer.status]).toEqual([1, 1]);
});
