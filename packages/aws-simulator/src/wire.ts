import { AwsError } from './aws-error.ts';

/** The services that are spoken here. */
export type Service = 'sts' | 'iam' | 'organizations' | 'account' | 'sqs';

/** What a call asks, whatever protocol it came in. */
export interface Call {
  readonly service: Service;
  /** `GetAccountSummary` */
  readonly operation: string;
  readonly parameters: Parameters;
}

/** The parameters of a call by name, with `.` between the levels of a structure. */
export interface Parameters {
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  /** A list of structures; empty where there is none, and in the Query protocol. */
  list(name: string): readonly Readonly<Record<string, unknown>>[];
}

/** The inside of an XML result for the Query services, a value to be written as JSON for the others. */
export type AwsResult = { readonly xml: string } | { readonly json: unknown };

/** A response ready to be written. */
export interface Response {
  readonly status: number;
  readonly headers: Record<string, string | number>;
  readonly body: string;
}

const QUERY_NAMESPACES = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
};

const SERVICES: readonly string[] = ['sts', 'iam', 'organizations', 'account', 'sqs'] satisfies Service[];

/** Whether a service is spoken in JSON, not in the Query protocol. */
export function isJsonService(service: string | undefined): service is 'organizations' | 'account' | 'sqs' {
  return service === 'organizations' || service === 'account' || service === 'sqs';
}

/** The call a request makes; `null` when it makes none that is known. */
export function readCall(request: {
  readonly service: string | undefined;
  readonly path: string;
  readonly target: string | undefined;
  readonly body: string;
}): Call | null {
  const { service, path, target, body } = request;
  if (!service || !SERVICES.includes(service)) return null;

  switch (service as Service) {
    case 'sts':
    case 'iam': {
      const query = new URLSearchParams(body);
      const operation = query.get('Action');
      return operation
        ? { service: service as Service, operation, parameters: queryParameters(query) }
        : null;
    }
    case 'organizations':
    case 'sqs': {
      const operation = target?.slice(target.lastIndexOf('.') + 1);
      return operation ? { service: service as Service, operation, parameters: jsonParameters(body) } : null;
    }
    case 'account': {
      // The only operations here are bound to a path that is their name: `/getAlternateContact`.
      const name = path.slice(1);
      const operation = name.charAt(0).toUpperCase() + name.slice(1);
      return operation ? { service: 'account', operation, parameters: jsonParameters(body) } : null;
    }
  }
}

/** The response that carries an answer. */
export function writeResult({ service, operation }: Call, answer: AwsResult, requestId: string): Response {
  if ('json' in answer) return toResponse(200, jsonType(service), JSON.stringify(answer.json), requestId);

  const namespace = service === 'sts' ? QUERY_NAMESPACES.sts : QUERY_NAMESPACES.iam;
  const xml =
    `<${operation}Response xmlns="${namespace}"><${operation}Result>${answer.xml}</${operation}Result>` +
    `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`;
  return toResponse(200, 'text/xml', xml, requestId);
}

/** The response that carries a refusal, in the words of the service's protocol. */
export function writeError(service: string | undefined, error: AwsError, requestId: string): Response {
  const { code, message, status } = error;

  if (isJsonService(service)) {
    // JSON 1.1 names the error in the body, REST in a header; each has both, as clients read either.
    const body = JSON.stringify({ __type: code, Message: message });
    const response = toResponse(status, jsonType(service), body, requestId);
    response.headers['x-amzn-errortype'] = code;
    return response;
  }

  const namespace = service === 'sts' ? QUERY_NAMESPACES.sts : QUERY_NAMESPACES.iam;
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const xml =
    `<ErrorResponse xmlns="${namespace}"><Error><Type>${type}</Type><Code>${escapeXml(code)}</Code>` +
    `<Message>${escapeXml(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
  return toResponse(status, 'text/xml', xml, requestId);
}

/** Returns text escaped for use between two XML tags. */
export function escapeXml(text: string): string {
  if (!/[&<>]/.test(text)) return text;
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A moment as the Query services write it: to the second. */
export function xmlTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

function toResponse(status: number, type: string, body: string, requestId: string): Response {
  const headers = {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  };
  return { status, headers, body };
}

function jsonType(service: string): string {
  if (service === 'sqs') return 'application/x-amz-json-1.0';
  return service === 'organizations' ? 'application/x-amz-json-1.1' : 'application/json';
}

function queryParameters(query: URLSearchParams): Parameters {
  const text = (name: string) => query.get(name) ?? undefined;
  return {
    text,
    number: (name) => {
      const value = text(name);
      return value === undefined ? undefined : Number(value);
    },
    list: () => [],
  };
}

function jsonParameters(body: string): Parameters {
  const values = new Map(Object.entries(Object(parsedJson(body))));
  return {
    text: (name) => {
      const value = values.get(name);
      return typeof value === 'string' ? value : undefined;
    },
    number: (name) => {
      const value = values.get(name);
      return typeof value === 'number' ? value : undefined;
    },
    list: (name) => {
      const value = values.get(name);
      return Array.isArray(value) ? value.map((item) => Object(item)) : [];
    },
  };
}

function parsedJson(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON');
  }
}
