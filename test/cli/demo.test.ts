import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, jest, test } from '@jest/globals';

jest.setTimeout(120_000);

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'root-mfa-demo-test-'));
afterAll(() => rm(home, { recursive: true, force: true }));
const leftoverFiles = () => readdirSync(home).filter((name) => name.startsWith('root-mfa'));

/** A rehearsal that gets Ctrl+C as soon as it has said these words, and what it came to. */
async function stopDemoAt(untilText: string) {
  const demo = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), MAIN, 'demo', '--port', '0'],
    {
      env: { ...process.env, TMPDIR: home },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  let complaint = '';
  demo.stderr.on('data', (text) => {
    complaint += text;
  });
  demo.stdout.on('data', (text) => {
    if (!said.includes(untilText) && (said + text).includes(untilText)) demo.kill('SIGINT');
    said += text;
  });
  const [code] = await once(demo, 'exit');
  return { code, said, complaint };
}

test('a rehearsal says where its page is and what to type, and Ctrl+C ends it without a trace', async () => {
  const { code, said, complaint } = await stopDemoAt('leaves nothing behind');

  expect(said).toMatch(/The rehearsal is open: http:\/\/localhost:\d+\nType \/mfa-status there/);
  expect({ code, complaint, left: leftoverFiles() }).toEqual({ code: 0, complaint: '', left: [] });
});

test('a rehearsal that is still starting can be ended as well', async () => {
  const { code, said, complaint } = await stopDemoAt('Starting a rehearsal');

  expect(said).not.toContain('is open');
  expect({ code, complaint, left: leftoverFiles() }).toEqual({ code: 0, complaint: '', left: [] });
});
