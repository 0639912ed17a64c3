import { expect, test } from '@jest/globals';
import type { PersonDriver } from '@root-mfa-bot/local-slack';
import { parseConfig } from '../../../src/config/config.ts';
import { accountId } from '../../../src/domain/account.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { findOpenTokenRequest } from '../../../src/store/token-requests.ts';
import { approveTokenRequest } from '../../../src/usecases/tokens/decide-token-request.ts';
import { receiveTokens } from '../../../src/usecases/tokens/receive-tokens.ts';
import { setTokenTicket } from '../../../src/usecases/tokens/set-token-ticket.ts';
import { shippingVersion, shipTokens } from '../../../src/usecases/tokens/ship-tokens.ts';
import { startBotHarness } from '../../support/bot-harness.ts';

const BENS = accountId('555566660002');
const { slack, bot } = await startBotHarness({
  config: parseConfig(String.raw`
slack: { channel: C01SECURITY, admins: [U01SAM, U02CHLOE] }
tokens:
  ticket: { label: Jira issue, pattern: 'SEC-\d+', url: "https://jira.example.com/browse/{ticket}", required: true }
`),
});
const ben = slack.as('U04BEN');
const sam = slack.as('U01SAM');
const as = (person: PersonDriver, words: string) =>
  slack.waitUntil(() => person.messages('#security').findLast(({ shown }) => shown.includes(words)));
const openRequest = async () => {
  const request = await findOpenTokenRequest(bot.ctx.db, BENS);
  if (!request) throw new Error('There is no open request');
  return request;
};

test('a request names its ticket, which is shown as a link, and changed until the key is received', async () => {
  await ben.command('#security', '/mfa-status request ben-proto');
  await slack.waitUntil(() => ben.modal());
  expect(await ben.submit({})).toMatchObject({
    ok: false,
    error: 'This is a required field',
  });
  expect(await ben.submit({ ticket: 'see my mail' })).toMatchObject({
    ok: false,
    error: expect.stringContaining('does not match the format of “Jira issue”'),
  });
  await ben.submit({ ticket: 'SEC-12' });
  await slack.waitUntil(() => ben.modal()?.shown.includes('You requested'));
  await ben.close();

  const posted = await as(sam, 'Jira issue:');
  expect(JSON.stringify(posted.blocks)).toContain('<https://jira.example.com/browse/SEC-12|SEC-12>');

  await sam.open('#security');
  await sam.click({ text: 'Edit Jira issue…' });
  await slack.waitUntil(() => sam.modal()?.title === 'Edit the request');
  await sam.submit({ ticket: 'SEC-34' });
  await slack.waitUntil(() => sam.modal()?.shown.includes('Saved: SEC-34'));
  await as(sam, 'SEC-34');
  expect(await openRequest()).toMatchObject({ ticket: 'SEC-34', state: 'requested' });
  const audited = await listAuditEntries(bot.ctx.db, { accountId: BENS, limit: 5 });
  expect(audited.slice(0, 2)).toMatchObject([
    { kind: 'token-ticket-set', actor: 'U01SAM', detail: { ticket: 'SEC-34' } },
    { kind: 'token-requested', actor: 'U04BEN', detail: { ticket: 'SEC-12' } },
  ]);
}, 120_000);

test('others cannot change it, and no one once the key is received', async () => {
  const { id: requestId } = await openRequest();
  const requester = { id: ben.id, admin: false } as Parameters<typeof setTokenTicket>[1]['by'];
  const admin = { id: sam.id, admin: true } as typeof requester;
  const other = { id: slack.as('U03ANA').id, admin: false } as typeof requester;
  const set = (by: typeof requester, ticket: string | null) =>
    setTokenTicket(bot.ctx, { requestId, by, ticket });

  expect(await set(other, 'SEC-1')).toEqual({ kind: 'not-yours' });
  expect(await set(requester, null)).toMatchObject({ kind: 'wrong-ticket' });
  expect(await set(requester, 'SEC-5')).toMatchObject({ kind: 'ticket-set' });

  await approveTokenRequest(bot.ctx, { requestId, by: admin });
  const approved = await openRequest();
  if (approved.state !== 'approved') throw new Error('The request is not approved');
  await shipTokens(bot.ctx, {
    requestId,
    by: admin,
    note: 'DHL 1',
    expectedVersion: shippingVersion(approved),
  });
  expect(await set(admin, 'SEC-6')).toMatchObject({ kind: 'ticket-set', request: { state: 'shipped' } });
  await receiveTokens(bot.ctx, { requestId, by: requester });
  expect(await set(admin, 'SEC-7')).toMatchObject({ kind: 'too-late' });
});
