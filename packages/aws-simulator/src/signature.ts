import { createHmac, hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What an `Authorization` header of Signature Version 4 says. */
export interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The parts of the header, or `null` when it is not such a header. */
export function parseAuthorization(header: string | undefined): Authorization | null {
  if (!header?.startsWith(`${ALGORITHM} `)) return null;

  const [accessKeyId, date, region, service] = headerPart(header, 'Credential=').split('/');
  const signedHeaders = headerPart(header, 'SignedHeaders=');
  const signature = headerPart(header, 'Signature=');
  if (!accessKeyId || !date || !region || !service || !signedHeaders || !signature) return null;

  return { accessKeyId, date, region, service, signedHeaders, signature };
}

/** Whether a request to a path without a query was signed with this secret. */
export function isSignedWith(
  secretAccessKey: string,
  authorization: Authorization,
  request: {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  },
): boolean {
  const { date, region, service, signedHeaders, signature } = authorization;

  let canonicalHeaders = '';
  for (const name of signedHeaders.split(';')) {
    canonicalHeaders += `${name}:${String(request.headers[name] ?? '').trim()}\n`;
  }
  const canonicalRequest = `${request.method}\n${request.path}\n\n${canonicalHeaders}\n${signedHeaders}\n${hash('sha256', request.body)}`;

  const scope = `${date}/${region}/${service}/aws4_request`;
  const signedAt = String(request.headers['x-amz-date'] ?? '');
  const stringToSign = `${ALGORITHM}\n${signedAt}\n${scope}\n${hash('sha256', canonicalRequest)}`;

  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), 'aws4_request');
  return hmac(key, stringToSign).toString('hex') === signature;
}

function headerPart(header: string, label: string): string {
  const start = header.indexOf(label);
  if (start < 0) return '';
  const end = header.indexOf(',', start);
  return header.slice(start + label.length, end < 0 ? undefined : end).trim();
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
