import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { GetAccountSummaryCommand, IAMClient, ListMFADevicesCommand } from '@aws-sdk/client-iam';
import { AssumeRootCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WholeResponseHandler } from '../../src/aws/http-handler.ts';
import { createQueryService } from '../../src/aws/query-service.ts';
import { BudgetedRetryStrategy } from '../../src/aws/retry-strategy.ts';

interface ReceivedCall {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const KEYS = { accessKeyId: 'AKIAOWN', secretAccessKey: 'own secret', sessionToken: 'own token' };

let server: Server;
let received: ReceivedCall[];
let respond: (call: ReceivedCall, response: ServerResponse) => void;
let requestHandler: WholeResponseHandler;

beforeEach(async () => {
  received = [];
  respond = (_call, response) => response.end('<Answer/>');
  server = createServer(async (request: IncomingMessage, response) => {
    const { method, url, headers } = request;
    const call = { method, url, headers, body: await text(request) };
    received.push(call);
    response.setHeader('content-type', 'text/xml');
    respond(call, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  requestHandler = new WholeResponseHandler({});
});

afterEach(() => {
  requestHandler.destroy();
  server.close();
});

function clientOptions() {
  const { port } = server.address() as AddressInfo;
  return {
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${port}/base`,
    credentials: KEYS,
    requestHandler,
    retryStrategy: new BudgetedRetryStrategy(3),
  };
}

test('a call is the request that the SDK itself would send', async () => {
  const iam = new IAMClient(clientOptions());
  const sts = new STSClient(clientOptions());
  const assumeRoot = () =>
    new AssumeRootCommand({
      TargetPrincipal: '111122223333',
      TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' },
      DurationSeconds: 900,
    });
  const ignoreOutput = () => undefined;

  await iam.send(new ListMFADevicesCommand({ Marker: 'next page' })).catch(ignoreOutput);
  await sts.send(assumeRoot()).catch(ignoreOutput);
  const own = received.splice(0);
  await createQueryService(iam)(KEYS).send(new ListMFADevicesCommand({ Marker: 'next page' }));
  await createQueryService(sts)(KEYS).send(assumeRoot());

  expect(received.map(comparable)).toEqual(own.map(comparable));
});

test('sessions that call at the same time are each signed with their own keys', async () => {
  const session = createQueryService(new IAMClient(clientOptions()));
  const names = Array.from({ length: 100 }, (_, n) => `AKIA${n}`);
  await Promise.all(
    names.map((name) =>
      session({ accessKeyId: name, secretAccessKey: `${name} secret`, sessionToken: `${name} token` }).send(
        new ListMFADevicesCommand({ UserName: name }),
      ),
    ),
  );

  expect(received).toHaveLength(names.length);
  for (const { headers, body } of received) {
    const name = new URLSearchParams(body).get('UserName');
    expect(headers['authorization']).toContain(`Credential=${name}/`);
    expect(headers['x-amz-security-token']).toBe(`${name} token`);
  }
});

test('keys that were renewed sign the next call', async () => {
  let renewals = 0;
  const sts = createQueryService(new STSClient(clientOptions()))(async () => {
    renewals += 1;
    return { ...KEYS, accessKeyId: `AKIA${renewals}` };
  });
  await sts.send(new AssumeRootCommand({ TargetPrincipal: '1', TaskPolicyArn: {} }));
  await sts.send(new AssumeRootCommand({ TargetPrincipal: '1', TaskPolicyArn: {} }));

  const keys = received.map(({ headers }) => /Credential=(\w+)/.exec(String(headers['authorization']))?.[1]);
  expect(keys).toEqual(['AKIA1', 'AKIA2']);
});

test('a clock that is an hour behind is corrected with the answer that says so', async () => {
  const hourAhead = new Date(Date.now() + 60 * 60_000);
  respond = ({ headers }, response) => {
    response.setHeader('date', hourAhead.toUTCString());
    if (signedAt(headers) > hourAhead.getTime() - 60_000) return response.end('<Answer/>');
    response.statusCode = 403;
    return response.end('<ErrorResponse><Error><Code>RequestTimeTooSkewed</Code></Error></ErrorResponse>');
  };
  const session = createQueryService(new IAMClient(clientOptions()));
  await session(KEYS).send(new GetAccountSummaryCommand({}));
  await session({ ...KEYS, accessKeyId: 'AKIAOTHER' }).send(new GetAccountSummaryCommand({}));

  expect(received).toHaveLength(3);
});

test('a server error without a word of XML is tried again', async () => {
  respond = (_call, response) => {
    response.statusCode = received.length === 1 ? 503 : 200;
    response.end(received.length === 1 ? 'no healthy upstream' : '<Answer/>');
  };
  const session = createQueryService(new IAMClient(clientOptions()));
  await session(KEYS).send(new GetAccountSummaryCommand({}));

  expect(received).toHaveLength(2);
});

test('what could not be prepared for want of credentials is prepared by the next call', async () => {
  let signedIn = false;
  const client = new IAMClient({
    ...clientOptions(),
    credentials: async () => {
      if (!signedIn) throw new Error('signed out');
      return KEYS;
    },
  });
  const session = createQueryService(client)(KEYS);
  await expect(session.send(new GetAccountSummaryCommand({}))).rejects.toThrow('signed out');
  signedIn = true;
  await session.send(new GetAccountSummaryCommand({}));

  expect(received).toHaveLength(1);
});

/** The call without what is new in each: times, random ids, signatures. */
function comparable({ headers, ...call }: ReceivedCall) {
  const {
    authorization,
    'x-amz-date': _date,
    'amz-sdk-invocation-id': id,
    'x-amz-content-sha256': _hash,
    ...same
  } = headers;
  const scope = /Credential=\w+\/\d{8}\/([^,]+),/.exec(String(authorization))?.[1];
  return { ...call, scope, hasId: typeof id === 'string', headers: same };
}

function signedAt(headers: ReceivedCall['headers']): number {
  const [, day = '', time = ''] = /^(\d{8})T(\d{6})Z$/.exec(String(headers['x-amz-date'])) ?? [];
  return Date.parse(`${day.replace(/(....)(..)/, '$1-$2-')}T${time.replace(/(..)(..)/, '$1:$2:')}Z`);
}
