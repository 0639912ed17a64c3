import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { timeoutError } from './deadline.ts';

type HandlerOptions = NonNullable<ConstructorParameters<typeof NodeHttpHandler>[0]>;
type HandleArguments = Parameters<NodeHttpHandler['handle']>;

/** Responses handed on before anything else in the process has its turn: a few milliseconds of work. */
const RESPONSES_PER_TURN = 4;

/**
 * Sends requests, and hands on complete responses only.
 *
 * The SDK's handler limits the wait for the head of a response, not for its body: here a body that stops half way is a
 * time-out as well, which is retried like any other. A page of HTML is not from AWS and never reaches a parser.
 */
export class WholeResponseHandler extends NodeHttpHandler {
  private responses = 0;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly bodyTimeoutMs: number;

  constructor(options: Extract<HandlerOptions, { requestTimeout?: number }>) {
    super(options);
    this.bodyTimeoutMs = options.requestTimeout ?? 10_000;
  }

  override async handle(...[request, options]: HandleArguments): ReturnType<NodeHttpHandler['handle']> {
    const { response } = await super.handle(request, options);
    const body = await readBody(response.body as IncomingMessage, this.bodyTimeoutMs, options?.abortSignal);
    assertFromAws(response.statusCode, response.headers, body);
    response.body = body;

    // Fifty accounts are read at once, and their responses tend to arrive together.
    this.responses += 1;
    if (this.responses % RESPONSES_PER_TURN === 0) this.turn = this.turn.then(() => nextTurn());
    await this.turn;
    return { response };
  }
}

type Signal = NonNullable<HandleArguments[1]>['abortSignal'];

function readBody(stream: IncomingMessage, timeoutMs: number, signal: Signal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => stream.destroy(timeoutError(timeoutMs)), timeoutMs);
    const abort = () => stream.destroy(Object.assign(new Error('Request aborted'), { name: 'AbortError' }));
    const abortSignal = signal as AbortSignal | undefined;
    if (abortSignal?.aborted) abort();
    abortSignal?.addEventListener('abort', abort, { once: true });

    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    stream.once('error', reject);
    stream.once('close', () => {
      clearTimeout(timer);
      abortSignal?.removeEventListener('abort', abort);
    });
  });
}

function assertFromAws(status: number, headers: Readonly<Record<string, string>>, body: Buffer): void {
  const isHtml =
    /^text\/html\b/i.test(headers['content-type'] ?? '') ||
    /^\s*<(!doctype html|html)\b/i.test(body.subarray(0, 200).toString('latin1'));
  if (!isHtml) return;
  throw Object.assign(new Error(`an HTML page with status ${status} arrived instead of an answer of AWS`), {
    name: 'NotAws',
    // A gateway that is overloaded says so in HTML, too: with a 5xx the SDK tries again.
    $metadata: { httpStatusCode: status },
  });
}
