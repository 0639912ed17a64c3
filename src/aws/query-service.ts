import type { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import { retryMiddleware } from '@smithy/core/retry';
import { SignatureV4 } from '@smithy/signature-v4';

type QueryClient = IAMClient | STSClient;
type SignatureOptions = ConstructorParameters<typeof SignatureV4>[0];

/** What returns the keys of an identity whenever a call is signed. */
type SigningCredentials = SignatureOptions['credentials'];

/** A service as one identity. */
export type QuerySession<Client extends QueryClient> = Pick<Client, 'send'>;

/**
 * Returns a function that opens sessions of any identity on one client.
 *
 * The SDK builds a new middleware stack for each call, which took most of a scan's processor time. Here it
 * prepares an operation once: endpoint, headers, signing region. A call then takes the SDK's own serializer, retry,
 * signer and deserializer. The signer belongs to the session, past everything that the client remembers of identities,
 * so that a call of one account is never signed for another.
 */
export function createQueryService<Client extends QueryClient>(
  client: Client,
): (credentials: SigningCredentials) => QuerySession<Client> {
  const config = client.config as unknown as ClientConfig;
  const operations = new Map<unknown, Promise<Operation>>();
  const operationOf = (command: Command): Promise<Operation> => {
    const known = operations.get(command.constructor);
    if (known !== undefined) return known;
    const prepared = prepareOperation(client, command);
    operations.set(command.constructor, prepared);
    // There were no credentials, for one: the next call tries again.
    prepared.catch(() => operations.delete(command.constructor));
    return prepared;
  };
  return (credentials) => {
    const identity = signingConfig(config, credentials);
    const send = async (command: Command, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}) =>
      call(config, await operationOf(command), { input: command.input, identity, abortSignal });
    return { send: send as unknown as Client['send'] };
  };
}

/** The parts of the SDK's resolved client configuration that a call takes. */
interface ClientConfig {
  readonly protocol: {
    serializeRequest(schema: object, input: object, context: object): Promise<Request>;
    deserializeResponse(schema: object, context: object, response: Response): Promise<object>;
  };
  readonly requestHandler: {
    handle(request: Request, options: object): Promise<{ readonly response: Response }>;
  };
  readonly region: () => Promise<string>;
  readonly sha256: SignatureOptions['sha256'];
  readonly defaultSigningName: string;
  systemClockOffset: number;
}

interface Request {
  readonly headers: Record<string, string>;
  readonly body: string;
}

interface Response {
  readonly statusCode: number;
}

interface Command {
  readonly input: object;
  readonly middlewareStack: { add(middleware: unknown, options: object): void };
}

/** What all calls of one operation have in common. */
interface Operation {
  readonly schema: object;
  /** The client's configuration and the endpoint, as serializers read it. */
  readonly context: object;
  readonly headers: Readonly<Record<string, string>>;
  readonly signer: Signer;
  readonly signingProperties: object;
}

/** Signs like the SDK, and learns from answers how far this machine's clock is off. */
interface Signer {
  sign(request: Request, identity: object, properties: object): Promise<Request>;
  errorHandler(properties: object): (error: unknown) => never;
  successHandler(response: Response, properties: object): void;
}

/** What the SDK's signer asks its client's configuration for. */
interface SigningConfig {
  signer(): Promise<SignatureV4>;
  systemClockOffset: number;
}

/** Lets the SDK prepare a call of this command, and stops it before it is signed and sent. */
async function prepareOperation(client: QueryClient, command: Command): Promise<Operation> {
  let prepared: { readonly request: Request; readonly context: PreparedContext } | undefined;
  const capture =
    (_next: unknown, context: PreparedContext) =>
    async ({ request }: { readonly request: Request }) => {
      prepared = { request, context };
      return { output: {} };
    };
  // Last of its step: the SDK's own headers are there by then.
  command.middlewareStack.add(capture, { name: 'capture', step: 'build', priority: 'low' });
  await (client as IAMClient).send(command as never);
  if (!prepared) throw new Error('The SDK prepared no request');

  const { request, context } = prepared;
  const { operationSchema, selectedHttpAuthScheme } = context.__smithy_context;
  const [, namespace, name, traits, input, output] = operationSchema;
  const { protocol, hostname, port, path, query } = request as Request & Record<string, unknown>;
  const endpoint = { protocol, hostname, port, path, query };
  return {
    schema: { namespace, name, traits, input, output },
    context: { ...client.config, ...context, endpoint: async () => endpoint },
    headers: request.headers,
    signer: selectedHttpAuthScheme.signer,
    signingProperties: selectedHttpAuthScheme.httpAuthOption.signingProperties,
  };
}

/** The part of the SDK's context that is filled in when a request is ready to be signed. */
interface PreparedContext {
  readonly __smithy_context: {
    readonly operationSchema: readonly unknown[];
    readonly selectedHttpAuthScheme: {
      readonly signer: Signer;
      readonly httpAuthOption: { readonly signingProperties: object };
    };
  };
}

function signingConfig(config: ClientConfig, credentials: SigningCredentials): SigningConfig {
  const { region, sha256, defaultSigningName: service } = config;
  const signer = new SignatureV4({ credentials, region, service, sha256, applyChecksum: false });
  return {
    signer: async () => signer,
    // Learnt from the answers of any session: it is this machine's clock.
    get systemClockOffset() {
      return config.systemClockOffset;
    },
    set systemClockOffset(offset) {
      config.systemClockOffset = offset;
    },
  };
}

async function call(
  config: ClientConfig,
  operation: Operation,
  {
    input,
    identity,
    abortSignal,
  }: {
    readonly input: object;
    readonly identity: SigningConfig;
    readonly abortSignal: AbortSignal | undefined;
  },
): Promise<unknown> {
  const { schema, context, headers, signer } = operation;
  const request = await config.protocol.serializeRequest(schema, input, context);
  Object.assign(request.headers, headers, { 'content-length': String(Buffer.byteLength(request.body)) });

  const attempt = async (args: { readonly request: Request }) => {
    const properties = { ...operation.signingProperties, config: identity };
    const signed = await signer.sign(args.request, {}, properties);
    try {
      const { response } = await config.requestHandler.handle(signed, { abortSignal });
      const output = await deserialize(config, operation, response);
      signer.successHandler(response, properties);
      return { response, output };
    } catch (error) {
      return signer.errorHandler(properties)(error);
    }
  };
  const retryContext = { __smithy_context: abortSignal ? { abortSignal } : {} };
  const retried = retryMiddleware(config as never)(attempt as never, retryContext);
  return (await retried({ input, request })).output;
}

/** Returns what was answered, or throws the error of the service. Retrying and the clock read the answer of an error, too. */
async function deserialize(
  { protocol }: ClientConfig,
  { schema, context }: Operation,
  response: Response,
): Promise<object> {
  try {
    return await protocol.deserializeResponse(schema, context, response);
  } catch (error) {
    if (error instanceof Error) {
      Object.defineProperty(error, '$response', { value: response });
      if (!('$metadata' in error))
        Object.assign(error, { $metadata: { httpStatusCode: response.statusCode } });
    }
    throw error;
  }
}
