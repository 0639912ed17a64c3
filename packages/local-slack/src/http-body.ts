import type { IncomingMessage } from 'node:http';
import { asJson, type Json, parseJson } from './json.ts';

const MAX_BYTES = 50_000_000;

/** A request's body, all of it; refuses more than 50 MB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BYTES) throw new Error(`Cannot read a body of more than ${MAX_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** The parts of a multipart body. */
export async function parseFormData(request: IncomingMessage, body: Buffer): Promise<FormData> {
  const contentType = request.headers['content-type'] ?? '';
  return new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
}

/** Fields that hold JSON even where the rest is a form. */
const JSON_FIELDS = new Set(['blocks', 'view', 'metadata', 'files', 'attachments', 'message']);

/** A Web API call's arguments, whether they came as a query, a form, JSON or in parts. */
export async function parseArguments(request: IncomingMessage, body: Buffer): Promise<Json> {
  const contentType = request.headers['content-type'] ?? '';
  const args: Record<string, unknown> = {};
  const set = (field: string, value: unknown): void => {
    const text = typeof value === 'string' && JSON_FIELDS.has(field);
    // What is no JSON stays a string, which the method then refuses as Slack does.
    args[field] = text ? (parseJson(value) ?? value) : value;
  };

  for (const [field, value] of new URL(request.url ?? '/', 'http://127.0.0.1').searchParams)
    set(field, value);
  if (contentType.startsWith('application/json')) {
    for (const [field, value] of Object.entries(asJson(parseJson(body.toString())))) set(field, value);
  } else if (contentType.startsWith('multipart/form-data')) {
    for (const [field, value] of await parseFormData(request, body)) set(field, value);
  } else {
    for (const [field, value] of new URLSearchParams(body.toString())) set(field, value);
  }
  return args;
}
