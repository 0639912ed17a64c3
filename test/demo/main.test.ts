import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, jest, test } from '@jest/globals';

jest.setTimeout(120_000);

const MAIN = fileURLToPath(new URL('../../src/demo/main.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'root-mfa-demo-test-'));
afterAll(() => rm(home, { recursive: true, force: true }));
const leftoverFiles = () => readdirSync(home).filter((name) => name.startsWith('root-mfa'));

/** Starts the demo, interrupts it once it printed a text, and returns how it ended. */
async function stopDemoAt(untilText: string) {
  const demo = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN, '--port', '0'], {
    env: { ...process.env, TMPDIR: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  demo.stderr.on('data', (text) => {
    stderr += text;
  });
  demo.stdout.on('data', (text) => {
    if (!stdout.includes(untilText) && (stdout + text).includes(untilText)) demo.kill('SIGINT');
    stdout += text;
  });
  const [code] = await once(demo, 'exit');
  return { code, stdout, stderr };
}

test('the demo prints where its page is and what to type, and Ctrl+C ends it without a trace', async () => {
  const { code, stdout, stderr } = await stopDemoAt('nothing is left behind');

  expect(stdout).toMatch(/Demo running at http:\/\/localhost:\d+\nType \/mfa-status there/);
  expect({ code, stderr, left: leftoverFiles() }).toEqual({ code: 0, stderr: '', left: [] });
});

test('a demo that is still starting can be stopped too', async () => {
  const { code, stdout, stderr } = await stopDemoAt('Starting the demo');

  expect(stdout).not.toContain('Demo running');
  expect({ code, stderr, left: leftoverFiles() }).toEqual({ code: 0, stderr: '', left: [] });
});
