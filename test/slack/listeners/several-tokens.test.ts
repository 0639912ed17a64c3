import { expect, test } from '@jest/globals';
import { listOpenTokenRequests } from '../../../src/store/token-requests.ts';
import { refreshDirectory } from '../../../src/usecases/owners/refresh-directory.ts';
import { readOpenTokenRequests } from '../../../src/usecases/tokens/read-token-requests.ts';
import {
  receiveSeveralRequests,
  shipSeveralRequests,
} from '../../../src/usecases/tokens/step-several-requests.ts';
import { startBotHarness } from '../../support/bot-harness.ts';
import { ANA, BEN, SAM } from '../../support/reminders.ts';

const { slack, bot } = await startBotHarness();
const { ctx } = bot;
await refreshDirectory(ctx);
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const sam = slack.as('U01SAM');
type TestPerson = typeof ben;

const modal = (person: TestPerson, words: string) =>
  slack.waitUntil(() => {
    const shown = person.modal()?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });
const reads = (person: TestPerson, place: string, words: string) =>
  slack.waitUntil(() => person.messages(place).findLast(({ shown }) => shown.includes(words))?.shown);
const openRequests = async () =>
  (await listOpenTokenRequests(ctx.db)).map(({ requestedBy, quantity, accounts, state }) => ({
    requestedBy,
    quantity,
    accounts: accounts.length,
    state,
  }));
const requestIds = async () => (await listOpenTokenRequests(ctx.db)).map(({ id }) => id);

async function requestOne(person: TestPerson, account: string): Promise<void> {
  await person.command('#general', `/mfa-status request ${account}`);
  await modal(person, 'Note for the approvers');
  await person.submit({ office: 'London' });
  await modal(person, 'What happens next');
  await person.close();
}

test('an owner of many accounts asks once for all of them, and an approver decides them together', async () => {
  await ana.command('#general', '/mfa-status request');
  await modal(ana, 'Several accounts at once');
  // A token works for one account only.
  await ana.submit({ all: ['all'], kind: 'totp-token', quantity: '1', office: 'London' });
  expect(await modal(ana, 'for these accounts')).toContain('I did not create a request');
  await ana.close();

  await ana.command('#general', '/mfa-status request');
  await modal(ana, 'Several accounts at once');
  await ana.submit({ all: ['all'], quantity: '3', office: 'London' });
  const shown = await modal(ana, 'What happens next');
  await ana.close();

  expect(shown).toContain('You requested *3 security keys* for *');
  const [request] = await openRequests();
  expect(request).toMatchObject({ requestedBy: ANA, quantity: 3, state: 'requested' });
  expect(request?.accounts).toBeGreaterThan(1);
  await reads(sam, '#security-keys', '3 security keys');
  await sam.click({ text: 'Approve' }, { in: '#security-keys' });
  await slack.waitUntil(() => sam.messages('#security-keys').some(({ shown }) => shown.includes('Approved')));
  expect(await openRequests()).toMatchObject([{ state: 'approved' }]);
});

test('all of them are not offered again while every one has a request', async () => {
  await ana.command('#general', '/mfa-status request');

  const shown = await modal(ana, 'Note for the approvers');
  expect(shown).not.toContain('Several accounts at once');
  await ana.close();
});

test('an admin ships several approved requests with one note, and each requester hears of it', async () => {
  await requestOne(ben, 'ben-prototype');
  await reads(sam, '#security-keys', '<@U04BEN>');
  await sam.click({ text: 'Approve' }, { in: '#security-keys' });
  await slack.waitUntil(async () => (await openRequests()).every(({ state }) => state === 'approved'));
  await sam.command('#general', '/mfa-status requests');
  await reads(sam, '#general', 'Open key requests');

  await sam.click({ text: 'Ship several…' });
  await modal(sam, 'Approved requests');
  await sam.submit({ note: 'DHL 123' });

  await modal(sam, 'On the way: 2 requests');
  await sam.close();
  expect((await openRequests()).map(({ state }) => state)).toEqual(['shipped', 'shipped']);
  await reads(ana, 'dm', 'DHL 123');
  await reads(ben, 'dm', 'DHL 123');
});

test('what was shipped stays as it is, and no one but an admin ships', async () => {
  const ids = await requestIds();

  const again = { requestIds: ids, by: { id: SAM, admin: true }, note: 'DHL 999' };
  expect(await shipSeveralRequests(ctx, again)).toMatchObject({ done: [], skipped: 2, refusal: null });
  expect((await readOpenTokenRequests(ctx)).map(({ summary }) => summary.history.at(-1)?.note)).toEqual([
    'DHL 123',
    'DHL 123',
  ]);
});

test('a requester confirms all that has come, and nothing of others', async () => {
  const shippedUntil = ctx.now();
  expect(
    await receiveSeveralRequests(ctx, { by: { id: ANA, admin: false }, shippedUntil: new Date(0) }),
  ).toEqual({
    done: [],
    skipped: 0,
    refusal: null,
  });

  const outcome = await receiveSeveralRequests(ctx, { by: { id: BEN, admin: false }, shippedUntil });

  expect(outcome).toMatchObject({ done: [{ requestedBy: BEN, state: 'received' }], skipped: 0 });
  expect((await openRequests()).map(({ requestedBy, state }) => [requestedBy, state])).toEqual(
    expect.arrayContaining([
      [ANA, 'shipped'],
      [BEN, 'received'],
    ]),
  );
});
