import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const CLOCK_SKEW = new URL('./clock-skew.mjs', import.meta.url).href;
const MAX_STDERR_SHOWN = 300;
/** What `/metrics` asks for where Slack reaches the same port. */
const METRICS_TOKEN = 'chaos-metrics-token';
/** Long enough on a machine that is busy with other work. */
const READY_TIMEOUT_MS = 240_000;

/** One process of the built bot, started again whenever it has ended. */
export class BotProcess {
  readonly name: string;
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #clockFile: string;
  /** How it ended by itself. */
  readonly unexpectedEnds: string[] = [];
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #port = 0;
  #isEnding = false;
  #stderr = '';

  constructor(name: string, folder: string, env: Readonly<Record<string, string>>) {
    this.name = name;
    this.#folder = folder;
    this.#env = env;
    this.#clockFile = join(folder, `clock-${name}`);
    this.setClockSkew(0);
  }

  /** Where it listens; 0 while it starts. */
  get port(): number {
    return this.#port;
  }

  setClockSkew(milliseconds: number): void {
    writeFileSync(this.#clockFile, String(milliseconds));
  }

  start(): void {
    if (this.#child) return;
    this.#isEnding = false;
    this.#port = 0;
    this.#stderr = '';
    const child = spawn(process.execPath, ['--import', CLOCK_SKEW, MAIN], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...this.#env,
        CHAOS_CLOCK: this.#clockFile,
        PATH: process.env['PATH'] ?? '',
        PORT: '0',
        METRICS_TOKEN,
      },
    });
    this.#child = child;
    child.stderr.on('data', (chunk) => {
      this.#stderr += String(chunk);
    });
    createInterface({ input: child.stdout }).on('line', (line) => this.#readLog(line));
    this.#ended = once(child, 'close').then(([code, signal]) => {
      this.#child = undefined;
      if (!this.#isEnding)
        this.unexpectedEnds.push(`${code ?? signal}: ${this.#stderr.trim().slice(0, MAX_STDERR_SHOWN)}`);
    });
  }

  #readLog(line: string): void {
    const { msg, port } = JSON.parse(line) as { msg: string; port?: number };
    if (msg === 'Listening' && port !== undefined) this.#port = port;
    if (process.env['CHAOS_LOG']) process.stderr.write(`${this.name} ${line}\n`);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#isEnding = true;
    this.#child?.kill(signal);
    await this.#ended;
  }

  /** Starts it if it has ended, and waits until it is ready. */
  async ensureReady(): Promise<void> {
    for (const deadline = performance.now() + READY_TIMEOUT_MS; ; await pause(100)) {
      this.start();
      if ((await this.get('/readyz')).status === 200) return;
      if (performance.now() > deadline)
        throw new Error(`${this.name} was not ready in ${READY_TIMEOUT_MS} ms: ${this.#stderr}`);
    }
  }

  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    try {
      const signal = AbortSignal.timeout(5_000);
      const headers = { connection: 'close', authorization: `Bearer ${METRICS_TOKEN}` };
      const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, { headers, signal });
      return { status: response.status, text: await response.text() };
    } catch {
      return { status: 0, text: '' };
    }
  }
}
