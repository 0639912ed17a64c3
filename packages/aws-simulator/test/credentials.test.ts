import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from '@jest/globals';
import { Sessions } from '../src/sessions.ts';
import { assumeRole, assumeRoot, credentialsFrom, DELEGATED, MEMBER, startSimulation } from './simulation.ts';

const whoAmI = () => new GetCallerIdentityCommand({});

test('a key with the token of another session is refused', async () => {
  const { as } = await startSimulation();
  const { sts } = as('management');
  const first = credentialsFrom(await sts.send(assumeRoot(MEMBER)));
  const second = credentialsFrom(await sts.send(assumeRoot(DELEGATED)));

  const mixed = as({ ...first, sessionToken: second.sessionToken });

  await expect(mixed.sts.send(whoAmI())).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  await expect(mixed.organizations.send(new ListAccountsCommand({}))).rejects.toMatchObject({
    name: 'UnrecognizedClientException',
  });
});

test('a key with the secret of another session is refused', async () => {
  const { as } = await startSimulation();
  const { sts } = as('management');
  const first = credentialsFrom(await sts.send(assumeRoot(MEMBER)));
  const second = credentialsFrom(await sts.send(assumeRoot(DELEGATED)));

  const mixed = as({ ...first, secretAccessKey: second.secretAccessKey });

  await expect(mixed.sts.send(whoAmI())).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
});

test('a lasting key does not go with a token, nor a temporary one without', async () => {
  const { as, aws } = await startSimulation();
  const keys = credentialsFrom(await as('management').sts.send(assumeRoot(MEMBER)));
  const { accessKeyId, secretAccessKey } = keys;

  const withToken = as({ ...aws.credentialsFor('management'), sessionToken: keys.sessionToken });
  const without = as({ accessKeyId, secretAccessKey });

  await expect(withToken.sts.send(whoAmI())).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
  await expect(without.sts.send(whoAmI())).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
});

test('a session ends when its time is over', async () => {
  let now = new Date('2026-11-24T09:00:00Z');
  const { as } = await startSimulation({}, {}, { now: () => now });
  const { sts } = as('management');
  const root = as(credentialsFrom(await sts.send(assumeRoot(MEMBER))));
  const role = as(credentialsFrom(await sts.send(assumeRole(MEMBER))));

  now = new Date('2026-11-24T09:14:59Z');
  await expect(root.sts.send(whoAmI())).resolves.toBeDefined();

  now = new Date('2026-11-24T09:15:00Z');
  await expect(root.sts.send(whoAmI())).rejects.toMatchObject({ name: 'ExpiredToken' });
  await expect(role.sts.send(whoAmI())).resolves.toBeDefined();

  now = new Date('2026-11-24T10:00:00Z');
  await expect(role.organizations.send(new ListAccountsCommand({}))).rejects.toMatchObject({
    name: 'ExpiredTokenException',
  });
});

test('there is a caller whose session is over from the start', async () => {
  const { as } = await startSimulation();

  await expect(as('expired').sts.send(whoAmI())).rejects.toMatchObject({ name: 'ExpiredToken' });
});

test('an unsigned request is refused', async () => {
  const { aws } = await startSimulation();

  const response = await fetch(aws.url, { method: 'POST', body: 'Action=GetCallerIdentity' });

  expect(response.status).toBe(403);
  expect(await response.text()).toContain('<Code>MissingAuthenticationToken</Code>');
});

test('sessions that ended long ago are forgotten', () => {
  const sessions = new Sessions();
  const signer = { accountId: MEMBER as never, signedBy: 'root', arn: '', userId: '', allows: [] } as const;
  const at = (time: string) => new Date(`2026-11-24T${time}:00Z`);
  const staleRequest = sessions.issueTemporary(signer, at('09:15'), at('09:00'));

  sessions.issueTemporary(signer, at('10:15'), at('10:00'));
  const soonAfter = sessions.find(staleRequest.accessKeyId, staleRequest.sessionToken, at('10:00'));
  sessions.issueTemporary(signer, at('12:15'), at('12:00'));
  const longAfter = sessions.find(staleRequest.accessKeyId, staleRequest.sessionToken, at('12:00'));

  expect(soonAfter).toBe('expired');
  expect(longAfter).toBe('unknown');
});
