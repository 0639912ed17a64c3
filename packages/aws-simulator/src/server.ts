import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ACCOUNT_OPERATIONS } from './account.ts';
import { AwsError } from './aws-error.ts';
import { CallCounter, type CallCounts } from './call-counter.ts';
import { CredentialReports } from './credential-report.ts';
import type { AwsFault } from './faults.ts';
import { checkIamAccess, IAM_OPERATIONS } from './iam.ts';
import type { Partition, SimulatedOrganization } from './organization.ts';
import { checkOrganizationsAccess, ORGANIZATIONS_OPERATIONS } from './organizations.ts';
import { issuePrincipalCredentials, type SimulatedPrincipal } from './principals.ts';
import { SimulatedQueue } from './queue.ts';
import { RateQuotas } from './rate-quotas.ts';
import { type SessionCredentials, Sessions, type Signer } from './sessions.ts';
import { isSignedWith, parseAuthorization } from './signature.ts';
import { checkQueueAccess, pollMsOf, SQS_OPERATIONS, type SqsRequest } from './sqs.ts';
import { STS_OPERATIONS, targetOf } from './sts.ts';
import {
  type AwsResult,
  type Call,
  isJsonService,
  type Response,
  readCall,
  type Service,
  writeError,
  writeResult,
} from './wire.ts';

/** How the simulation is served. */
export interface SimulatedAwsOptions {
  readonly organization: SimulatedOrganization;
  /** 0, the default: any free one. */
  readonly port?: number;
  /** Waited before every answer. */
  readonly latencyMs?: number;
  /** By default the organization's. */
  readonly now?: () => Date;
  /** Refuse what goes over the published quotas of Organizations and Account Management. */
  readonly quotas?: boolean;
}

/** STS, IAM, Organizations and Account of one organization, answering on loopback. */
export interface SimulatedAws {
  readonly url: string;
  readonly organization: SimulatedOrganization;
  /** The queue to which accounts send what their root users do. */
  readonly rootEventQueue: SimulatedQueue;
  readonly rootEventQueueUrl: string;
  /** May be changed at any time. */
  latencyMs: number;
  /** What was asked so far. */
  readonly calls: CallCounts;
  /** Counts from nothing again. */
  resetCalls(): void;
  /** The keys of someone who comes with credentials of their own. */
  credentialsFor(caller: SimulatedPrincipal): SessionCredentials;
  /** The environment in which a child process, or a shell, talks to this simulation as that caller. */
  environment(caller?: SimulatedPrincipal): Record<string, string>;
  /** Lets go of every connection, those that hang included. */
  close(): Promise<void>;
}

const REGIONS: Readonly<Record<Partition, string>> = {
  aws: 'us-east-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-cn': 'cn-north-1',
  'aws-eusc': 'eusc-de-east-1',
};

/** Starts the simulation on a loopback port. */
export async function startSimulatedAws(options: SimulatedAwsOptions): Promise<SimulatedAws> {
  const { organization } = options;
  const now = options.now ?? organization.now;
  const sessions = new Sessions();
  const callers = issuePrincipalCredentials(organization, sessions, now());
  const counter = new CallCounter();
  const rootEventQueue = new SimulatedQueue('root-mfa-events', organization.managementAccountId);
  const service: SimulatorState = {
    organization,
    rootEventQueue,
    sessions,
    counter,
    now,
    reports: new CredentialReports(),
    quotas: options.quotas ? new RateQuotas() : null,
    latencyMs: options.latencyMs ?? 0,
  };

  // Idle connections are kept longer than any client keeps them: who closes first is the client, as with AWS.
  const server = createServer({ keepAlive: true, keepAliveTimeout: 120_000 }, (request, response) => {
    receive(service, request, response);
  });
  server.on('connection', (socket) => {
    counter.socketOpened();
    socket.setNoDelay(true);
    socket.once('close', () => counter.socketClosed());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const credentialsFor = (caller: SimulatedPrincipal): SessionCredentials => {
    const credentials = callers.get(caller);
    if (!credentials) throw new RangeError(`This organization has no caller "${caller}"`);
    return credentials;
  };

  let closed: Promise<void> | undefined;
  return {
    url,
    organization,
    rootEventQueue,
    rootEventQueueUrl: `${url}${rootEventQueue.path}`,
    credentialsFor,
    get calls() {
      return counter.read();
    },
    resetCalls: () => counter.reset(),
    get latencyMs() {
      return service.latencyMs;
    },
    set latencyMs(ms) {
      service.latencyMs = ms;
    },
    environment: (caller = 'management') => {
      const { accessKeyId, secretAccessKey, sessionToken } = credentialsFor(caller);
      return {
        AWS_ENDPOINT_URL: url,
        AWS_REGION: REGIONS[organization.partition],
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        ...(sessionToken ? { AWS_SESSION_TOKEN: sessionToken } : {}),
        AWS_EC2_METADATA_DISABLED: 'true',
      };
    },
    close: () => {
      closed ??= new Promise<void>((resolve, reject) => {
        rootEventQueue.releaseWaiting();
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      });
      return closed;
    },
  };
}

interface SimulatorState {
  readonly organization: SimulatedOrganization;
  readonly rootEventQueue: SimulatedQueue;
  readonly sessions: Sessions;
  readonly counter: CallCounter;
  readonly reports: CredentialReports;
  readonly quotas: RateQuotas | null;
  readonly now: () => Date;
  latencyMs: number;
}

/** What happens to a request: it is answered after a while, left hanging, or dropped. */
type Decision =
  | { readonly kind: 'answer'; readonly delayMs: number; readonly respond: () => Response }
  | { readonly kind: 'poll'; readonly until: Promise<void>; readonly respond: () => Response }
  | { readonly kind: 'stall'; readonly respond: () => Response }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' };

function receive(simulation: SimulatorState, request: IncomingMessage, response: ServerResponse): void {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => {
    if (request.method === 'GET') {
      respond(response, countsFor(simulation, request));
      return;
    }

    const outcome = decide(simulation, request, body);
    if (outcome.kind === 'reset') request.socket.destroy();
    if (outcome.kind === 'poll') {
      // A reader that hung up in the meantime gets no message, and hides none from the others.
      void outcome.until.then(() => response.destroyed || respond(response, outcome.respond()));
    }
    if (outcome.kind === 'stall') stall(response, outcome.respond());
    if (outcome.kind !== 'answer') return;
    if (outcome.delayMs === 0) respond(response, outcome.respond());
    else setTimeout(() => respond(response, outcome.respond()), outcome.delayMs);
  });
}

function respond(response: ServerResponse, { status, headers, body }: Response): void {
  if (response.destroyed) return;
  response.writeHead(status, headers);
  response.end(body);
}

function stall(response: ServerResponse, { status, headers, body }: Response): void {
  response.writeHead(status, headers);
  response.write(body.slice(0, body.length / 2));
}

// For a benchmark that runs the simulation in another process.
function countsFor({ counter }: SimulatorState, request: IncomingMessage): Response {
  const found = request.url === '/counts';
  const body = found
    ? JSON.stringify(counter.read())
    : 'This is a simulation of AWS APIs: point an AWS SDK at it.\n';
  return {
    status: found ? 200 : 404,
    headers: {
      'content-type': found ? 'application/json' : 'text/plain',
      'content-length': Buffer.byteLength(body),
    },
    body,
  };
}

function decide(simulation: SimulatorState, request: IncomingMessage, body: string): Decision {
  const requestId = randomUUID();
  const path = request.url ?? '/';
  const authorization = parseAuthorization(request.headers.authorization);
  const service = authorization?.service;
  const respondWithError = (error: AwsError, delayMs = simulation.latencyMs): Decision => ({
    kind: 'answer',
    delayMs,
    respond: () => writeError(service, error, requestId),
  });

  if (!authorization) {
    return respondWithError(
      new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
    );
  }
  const target = request.headers['x-amz-target'] as string | undefined;
  const call = tryAnswer(() => readCall({ service, path, target, body }));
  if (call instanceof AwsError) return respondWithError(call);
  if (!call) return respondWithError(new AwsError('UnknownOperationException', 'Unknown operation', 404));

  const signer = identify(simulation, request, authorization, body);
  if (signer instanceof AwsError) return respondWithError(signer);

  const name = `${call.service}:${call.operation}`;
  const accountId = SERVICES[call.service].targetOf(call.parameters) ?? signer.accountId;
  simulation.counter.recordCall(name, accountId);
  const faultOutcome = simulation.organization.faults.apply({
    accountId,
    call: name,
    signedBy: signer.signedBy,
    laterPage:
      call.parameters.text('Marker') !== undefined || call.parameters.text('NextToken') !== undefined,
  });
  const delayMs = simulation.latencyMs + faultOutcome.latencyMs;

  const { fault } = faultOutcome;
  switch (fault?.kind) {
    case 'hang':
    case 'reset':
      return fault;
    case 'answer-lost':
      answerOrError(simulation, call, signer, requestId);
      return { kind: 'reset' };
    case 'error':
      return respondWithError(faultError(fault, signer, name), delayMs);
    case 'stall':
      return { kind: 'stall', respond: () => answerOrError(simulation, call, signer, requestId) };
    case 'body':
      return { kind: 'answer', delayMs, respond: () => rawResponse(fault) };
    case 'throttle':
    case 'throttle-share':
      return respondWithError(SERVICES[call.service].throttlingError(), delayMs);
    case undefined:
  }
  if (simulation.quotas && !simulation.quotas.tryAcquire(name, signer.accountId, performance.now())) {
    return respondWithError(SERVICES[call.service].throttlingError(), delayMs);
  }
  const respond = () => answerOrError(simulation, call, signer, requestId);
  const pollMs = call.service === 'sqs' ? pollMsOf(call.operation, sqsRequest(simulation, call, signer)) : 0;
  if (pollMs > 0) return { kind: 'poll', until: simulation.rootEventQueue.waitForMessage(pollMs), respond };
  return { kind: 'answer', delayMs, respond };
}

function identify(
  simulation: SimulatorState,
  request: IncomingMessage,
  authorization: NonNullable<ReturnType<typeof parseAuthorization>>,
  body: string,
): Signer | AwsError {
  const { organization, sessions, now } = simulation;
  const isJson = isJsonService(authorization.service);
  const status = isJson ? 400 : 403;

  const token = request.headers['x-amz-security-token'] as string | undefined;
  const session = sessions.find(authorization.accessKeyId, token, now());
  if (session === 'expired') {
    const code = isJson ? 'ExpiredTokenException' : 'ExpiredToken';
    return new AwsError(code, 'The security token included in the request is expired', status);
  }
  // Keys of one partition are unknown in the regions of another.
  if (session === 'unknown' || partitionOf(authorization.region) !== organization.partition) {
    const code = isJson ? 'UnrecognizedClientException' : 'InvalidClientTokenId';
    return new AwsError(code, 'The security token included in the request is invalid.', status);
  }

  const { method = '', url: path = '', headers } = request;
  if (!isSignedWith(session.credentials.secretAccessKey, authorization, { method, path, headers, body })) {
    return new AwsError(
      isJson ? 'InvalidSignatureException' : 'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method.',
      status,
    );
  }
  return session.signer;
}

function partitionOf(region: string): Partition {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('eusc-') ? 'aws-eusc' : 'aws';
}

function answerOrError(simulation: SimulatorState, call: Call, signer: Signer, requestId: string): Response {
  const result = tryAnswer(() => SERVICES[call.service].answer(simulation, call, signer));
  return result instanceof AwsError
    ? writeError(call.service, result, requestId)
    : writeResult(call, result, requestId);
}

/** What the work comes to, or the refusal it ended in. */
function tryAnswer<T>(work: () => T): T | AwsError {
  try {
    return work();
  } catch (error) {
    return error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
  }
}

/** What the simulator does differently for each service. */
interface ServiceBehavior {
  /** The account that a call is about, for counting and for faults; undefined: the caller's. */
  readonly targetOf: (parameters: Call['parameters']) => string | undefined;
  readonly answer: (simulation: SimulatorState, call: Call, signer: Signer) => AwsResult;
  readonly throttlingError: () => AwsError;
}

const targetsCaller = () => undefined;

const SERVICES = {
  sts: {
    targetOf,
    answer: ({ organization, sessions, now }, { operation, parameters }, signer) =>
      findOperation(STS_OPERATIONS, operation)({ organization, sessions, signer, parameters, now: now() }),
    throttlingError: () => new AwsError('Throttling', 'Rate exceeded'),
  },
  iam: {
    targetOf: targetsCaller,
    answer: ({ organization, reports, now }, { operation, parameters }, signer) => {
      const respondTo = findOperation(IAM_OPERATIONS, operation);
      const account = organization.account(signer.accountId);
      checkIamAccess(organization, signer, account, operation);
      return respondTo({ organization, reports, signer, account, parameters, now: now() });
    },
    throttlingError: () => new AwsError('Throttling', 'Rate exceeded'),
  },
  organizations: {
    targetOf: (parameters) =>
      parameters.text('AccountId') ?? parameters.text('ResourceId') ?? parameters.text('ChildId'),
    answer: ({ organization }, { operation, parameters }, signer) => {
      const respondTo = findOperation(ORGANIZATIONS_OPERATIONS, operation);
      checkOrganizationsAccess(organization, signer, operation);
      return respondTo({ organization, parameters });
    },
    throttlingError: () =>
      new AwsError(
        'TooManyRequestsException',
        "AWS Organizations can't complete your request because of too many requests.",
      ),
  },
  account: {
    targetOf: (parameters) => parameters.text('AccountId'),
    answer: ({ organization }, { operation, parameters }, signer) =>
      findOperation(ACCOUNT_OPERATIONS, operation)({ organization, signer, parameters }),
    throttlingError: () => new AwsError('TooManyRequestsException', 'Rate exceeded', 429),
  },
  sqs: {
    targetOf: targetsCaller,
    answer: (simulation, call, signer) => {
      const respondTo = findOperation(SQS_OPERATIONS, call.operation);
      const request = sqsRequest(simulation, call, signer);
      checkQueueAccess(request, call.operation);
      return respondTo(request);
    },
    throttlingError: () => new AwsError('com.amazonaws.sqs#RequestThrottled', 'Rate exceeded', 400),
  },
} satisfies Record<Service, ServiceBehavior>;

function sqsRequest(
  { rootEventQueue: queue }: SimulatorState,
  { parameters }: Call,
  signer: Signer,
): SqsRequest {
  return { queue, signer, parameters };
}

function findOperation<T>(operations: Readonly<Record<string, T>>, operation: string): T {
  const found = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  if (!found) throw new AwsError('InvalidAction', `Could not find operation ${operation} in this simulation`);
  return found;
}

const DEFAULT_STATUS: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  ServiceFailure: 500,
  InternalFailure: 500,
  InternalFailureException: 500,
  ServiceUnavailable: 503,
};

function rawResponse({
  body,
  contentType = 'text/html',
  status = 200,
}: Extract<AwsFault, { kind: 'body' }>): Response {
  return {
    status,
    headers: { 'content-type': contentType, 'content-length': Buffer.byteLength(body) },
    body,
  };
}

function faultError(fault: Extract<AwsFault, { kind: 'error' }>, signer: Signer, name: string): AwsError {
  const message =
    fault.message ??
    (fault.code.startsWith('AccessDenied')
      ? `User: ${signer.arn} is not authorized to perform: ${name} on resource: *`
      : `Simulated ${fault.code}`);
  return new AwsError(fault.code, message, fault.status ?? DEFAULT_STATUS[fault.code] ?? 400);
}
