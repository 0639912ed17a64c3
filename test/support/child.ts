import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { compiled } from './compiled.ts';

/** A process of a test: it gets one command, and answers in lines. */
export interface Child {
  /** Sends a command, as JSON in one line. */
  send(message: unknown): void;
  /** Returns the next line of its answer. */
  nextLine(): Promise<string>;
  kill(): void;
  readonly ended: Promise<unknown>;
}

const running = new Set<Child>();

/** Ends the processes that a test left behind, as one does that fails halfway. */
export async function killChildren(): Promise<void> {
  for (const child of running) {
    child.kill();
    await child.ended;
  }
}

/** Starts a script, `test/support/…-child.ts`, in a process of its own. */
export function startChild(script: string): Child {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, [compiled(script)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const started: Child = {
    send: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    nextLine: async () => {
      const line = await lines.next();
      if (line.done) throw new Error('The process ended without a word');
      return line.value;
    },
    kill: () => void child.kill('SIGKILL'),
    ended: once(child, 'exit').finally(() => running.delete(started)),
  };
  running.add(started);
  return started;
}

let input: AsyncIterator<string> | undefined;

/** Returns the next command to a process that was started this way. */
export async function nextInput<T>(): Promise<T> {
  input ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const { value } = await input.next();
  return JSON.parse(String(value)) as T;
}
