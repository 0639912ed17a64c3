import { beforeEach, describe, expect, test } from '@jest/globals';
import { type RootActivity, rootEventMessage, signOfLifeMessage } from '@root-mfa-bot/aws-simulator';
import { accountId } from '../../../src/domain/account.ts';
import { listAuditEntries } from '../../../src/store/audit-log.ts';
import { refreshDirectory } from '../../../src/usecases/owners/refresh-directory.ts';
import { alertUnansweredIncidents } from '../../../src/usecases/root-events/raise-root-alerts.ts';
import { startBotHarness } from '../../support/bot-harness.ts';
import { waitFor } from '../../support/bot-process.ts';

const { slack, bot, aws, clock } = await startBotHarness({ rootEvents: true });
await refreshDirectory(bot.ctx);
const { queue } = { queue: aws.rootEventQueue };
const ana = slack.as('U03ANA');
const ben = slack.as('U04BEN');
const sam = slack.as('U01SAM');
type TestPerson = typeof ben;

const idOf = (name: string) => {
  const account = aws.organization.accounts.find((one) => one.name === name);
  if (!account) throw new Error(`The company has no account ${name}`);
  return account.id;
};
const PHONE = idOf('payments-prod');
const BENS = idOf('ben-prototype');

let eventNumber = 0;
/** Root of an account does something, and its rule sends the event. */
function root(account: string, action: RootActivity['action'], over: Partial<RootActivity> = {}): void {
  eventNumber += 1;
  queue.send(
    rootEventMessage({
      accountId: account,
      action,
      at: clock.now(),
      eventId: `event-${eventNumber}`,
      ...over,
    }),
  );
}

const reads = (person: TestPerson, place: string, words: string) =>
  slack.waitUntil(() => person.messages(place).findLast(({ shown }) => shown.includes(words))?.shown);
const modal = (person: TestPerson, words: string) =>
  slack.waitUntil(() => {
    const shown = person.modal()?.shown ?? '';
    return shown.includes(words) ? shown : undefined;
  });
const auditOf = async (account: string) =>
  (await listAuditEntries(bot.ctx.db, { accountId: accountId(account), limit: 10 })).map(({ kind }) => kind);

// Incidents of different examples are hours apart.
beforeEach(() => clock.advance(3 * 60 * 60_000));

describe('the owner who did sign in', () => {
  test('is asked in a direct message, and the channel gets one line', async () => {
    root(PHONE, 'sign-in', { mfaDevice: `arn:aws:iam::${PHONE}:mfa/phone` });

    const question = await reads(ana, 'dm', 'Was it you?');
    expect(question).toContain('payments-prod');
    expect(question).toContain('signed in (MFA used)');
    expect(question).toContain('from 203.0.113.7');
    expect(question).toContain('Without an answer in 15 minutes');
    expect(question).toContain('because you own this account');

    const line = await reads(sam, '#security', 'payments-prod');
    expect(line).toContain('Asked <@U03ANA>');
    expect(line).not.toContain('Yes, it was me');
  });

  test('says why, and both messages show it', async () => {
    await ana.open('dm');
    await ana.click('confirm-root-use');
    await modal(ana, 'What was root needed for?');
    await ana.submit({ reason: 'Changed the <support> plan', ticket: 'SEC-7' });
    await modal(ana, 'recorded as explained');
    await ana.close();

    expect(await reads(ana, 'dm', 'Explained by')).toContain('Changed the &lt;support&gt; plan · SEC-7');
    expect(await reads(sam, '#security', 'Explained by')).toContain('payments-prod');
    expect(await auditOf(PHONE)).toContain('root-use-explained');
  });

  test('sees what follows from the same place in the same message', async () => {
    const before = ana.messages('dm').length;
    root(PHONE, 'sign-in', { mfaDevice: 'x' });
    await reads(ana, 'dm', 'Was it you?');
    root(PHONE, 'create-access-key', { at: new Date(clock.now().getTime() + 60_000) });

    expect(await reads(ana, 'dm', 'created an access key')).toContain('Was it you?');
    expect(ana.messages('dm').length).toBe(before + 1);
    await ana.click({ actionId: 'confirm-root-use' });
    await modal(ana, 'What was root needed for?');
    await ana.submit({ reason: 'A key for the break-glass drill' });
    await modal(ana, 'recorded as explained');
    await ana.close();
  });
});

describe('the owner who did not sign in', () => {
  test('says no, and channel and admins are alerted with what to do', async () => {
    root(BENS, 'recovery-requested', { source: '198.51.100.66' });
    root(BENS, 'recovery-completed', { source: '198.51.100.66' });
    await reads(ben, 'dm', 'reset the password by email');
    await ben.open('dm');
    await ben.click({ actionId: 'deny-root-use' });

    await reads(ben, 'dm', 'I have alerted');
    const alert = await reads(sam, '#security', '*says it was not them.*');
    expect(alert).toContain('ben-prototype');
    expect(alert).toContain('Secure the mailbox');
    expect(alert).toContain('aws cloudtrail lookup-events');
    expect(await reads(sam, 'dm', '*says it was not them.*')).toContain('198.51.100.66');
    expect(await auditOf(BENS)).toContain('root-use-denied');
  });

  test('cannot take it back: only an admin can', async () => {
    await ben.command('#general', '/mfa-status events');
    expect(await reads(ben, '#general', 'Root events')).not.toContain('Answer…');

    await sam.command('#general', '/mfa-status events ben-prototype');
    await reads(sam, '#general', 'reset the password by email');
    await sam.click({ actionId: 'answer-root-use' });
    await modal(sam, 'Was it you?');
    await sam.submit({ answer: 'mine', reason: 'Recovery drill with Ben' });
    await modal(sam, 'recorded as explained');
    await sam.close();

    expect(await reads(sam, '#security', 'this is now explained')).toContain('Recovery drill with Ben');
  });
});

test('without an answer in time, channel and admins are alerted once, and a late answer still counts', async () => {
  root(PHONE, 'sign-in', { source: '198.51.100.7' });
  await reads(ana, 'dm', '198.51.100.7');

  clock.advance(14 * 60_000);
  expect(await alertUnansweredIncidents(bot.ctx)).toBe(0);
  clock.advance(60_000);
  await bot.tick();
  expect(await alertUnansweredIncidents(bot.ctx)).toBe(0);

  expect(await reads(sam, '#security', 'no one has explained it')).toContain('198.51.100.7');
  expect(await reads(ana, 'dm', 'No one explained it in time')).toContain('You can still answer');
  expect(await auditOf(PHONE)).toContain('root-use-unanswered');

  await ana.open('dm');
  await ana.click({ actionId: 'confirm-root-use' });
  await modal(ana, 'What was root needed for?');
  await ana.submit({ reason: 'Was on a plane' });
  await modal(ana, 'recorded as explained');
  await ana.close();
  for (const place of ['#security', 'dm']) {
    await slack.waitUntil(() =>
      sam
        .messages(place)
        .find(({ shown }) => shown.includes('this is now explained') && shown.includes('Was on a plane')),
    );
  }
});

test('a root session asks the admins: no owner opens one', async () => {
  queue.send(
    rootEventMessage({ accountId: PHONE, action: 'delete-password', at: clock.now() }).replace(
      '"type":"Root"',
      '"type":"Root","sessionContext":{"assumedRoot":"true"}',
    ),
  );

  expect(await reads(sam, 'dm', 'A root session in')).toContain('Was this planned?');
  expect(ana.messages('dm').some(({ shown }) => shown.includes('A root session in'))).toBe(false);
});

test('an announced use raises no question, and the channel sees who announced it', async () => {
  const before = ana.messages('dm').length;
  queue.send(signOfLifeMessage(PHONE, clock.now()));
  await waitFor(() => queue.size === 0);
  await ana.command('#general', '/mfa-status payments-prod');
  expect(await reads(ana, '#general', '*Root events* connected')).toContain('last heard just now');
  await ana.click({ actionId: 'announce-root-use' });
  await modal(ana, 'I’ll ask no one');
  await ana.submit({ reason: 'Close the support case' });
  await modal(ana, 'Announced. Until');
  await ana.close();

  root(PHONE, 'sign-in', { mfaDevice: 'x' });

  expect(await reads(sam, '#security', 'Announced by')).toContain('Close the support case');
  expect(ana.messages('dm').length).toBe(before);
  expect(await auditOf(PHONE)).toContain('root-use-announced');
});

test('colleagues do not see the events of an account', async () => {
  await ben.command('#general', '/mfa-status events payments-prod');
  await reads(ben, '#general', 'No account ');

  const emi = slack.as('U06EMI');
  await emi.command('#general', '/mfa-status events');
  const page = await reads(emi, '#general', 'oot events');
  expect(page).not.toContain('payments-prod');
});

test('the list shows one account, and only what a filter lets through', async () => {
  root(PHONE, 'failed-sign-in', { source: '198.51.100.99' });
  await reads(ana, 'dm', '198.51.100.99');
  await ana.command('#general', '/mfa-status events payments-prod');
  const all = await reads(ana, '#general', 'Root events · payments-prod');
  expect(all).toContain('failed to sign in from 198.51.100.99');
  expect(all).not.toContain('ben-prototype');
  const list = () =>
    ana.messages('#general').findLast(({ shown }) => shown.includes('Root events · payments-prod'))?.shown ??
    '';

  await ana.select('filter-root-events', 'without-failures');
  await slack.waitUntil(() => !list().includes('198.51.100.99') || undefined);
  expect(list()).toContain('signed in');

  await ana.select('filter-root-events', 'explained');
  await slack.waitUntil(() => !list().includes('Not answered yet') || undefined);
  expect(list()).toContain('Explained by');
});

test('forty accounts at night are a few messages, not forty', async () => {
  const before = sam.messages('#security').length;
  const members = aws.organization.accounts.filter(({ state }) => state === 'ACTIVE').slice(0, 30);
  for (const [index, { id }] of members.entries()) {
    root(id, 'failed-sign-in', { source: `198.51.100.${index}` });
  }

  const storm = await reads(sam, '#security', 'within minutes');
  await waitFor(() => queue.size === 0);
  await slack.waitUntil(() => {
    const shown =
      sam.messages('#security').findLast((one) => one.shown.includes('within minutes'))?.shown ?? '';
    return shown.includes(`${members.length - 5} events`);
  });
  expect(storm).toContain('failed to sign in');
  expect(await reads(ana, 'dm', 'within minutes')).toContain('Do you know of them?');
  // Without its buttons Slack would have refused the layout.
  expect(storm).toContain('Show the events');
  expect(sam.messages('#security').length - before).toBe(6);
});

describe('the operator of the bot sees', () => {
  const readyz = async () => {
    const response = await fetch(`http://127.0.0.1:${bot.port}/readyz`);
    return { status: response.status, body: await response.json() };
  };

  test('when an account last sent an event, and what became of messages', async () => {
    const heardAt = clock.now();
    queue.send(signOfLifeMessage(PHONE, heardAt));
    queue.send('not JSON');
    await waitFor(() => queue.size === 0);

    expect((await readyz()).body.information.rootEvents).toEqual({
      queue: null,
      lastHeardAt: `${heardAt.toISOString().slice(0, 19)}.000Z`,
    });
    const metrics = await (await fetch(`http://127.0.0.1:${bot.port}/metrics`)).text();
    expect(metrics).toMatch(/^root_mfa_root_event_messages_total\{outcome="rejected"\} [1-9]/m);
    expect(metrics).toMatch(/^root_mfa_root_incidents\{state="explained"\} [1-9]/m);
  });

  test('that the queue is gone, while the bot stays ready; and once it is back nothing is lost', async () => {
    queue.denied = true;
    queue.send(signOfLifeMessage(PHONE, clock.now()));
    await waitFor(async () => (await readyz()).body.information.rootEvents.queue !== null);

    const { status, body } = await readyz();
    expect(status).toBe(200);
    expect(body.information.rootEvents.queue).toMatch(/^Cannot receive root events: access is denied/);

    await Promise.all([
      sam
        .command('#general', '/mfa-status')
        .then(() => reads(sam, '#general', 'Root events: the queue cannot')),
      ana.command('#general', '/mfa-status payments-prod').then(() => reads(ana, '#general', 'queue cannot')),
    ]);

    queue.denied = false;
    await waitFor(() => queue.size === 0);
    await waitFor(async () => (await readyz()).body.information.rootEvents.queue === null);
  });
});
