import type { Json } from './json.ts';

/** A refusal of the Web API: `{ ok: false, error: code }`, with more fields where Slack adds some. */
export class SlackError extends Error {
  readonly code: string;
  readonly more: Json;

  constructor(code: string, more: Json = {}) {
    super(code);
    this.name = 'SlackError';
    this.code = code;
    this.more = more;
  }
}
