import { expect, test } from '@jest/globals';
import type { LocalSlack } from '../src/local-slack.ts';
import { journey } from './sample-app.ts';
import { ANA, aSlack, overHttp, overSocket } from './bolt-harness.ts';

const ways = {
  'Socket Mode': async () => {
    const slack = await aSlack();
    await overSocket(slack, journey);
    return slack;
  },
  'signed HTTP': async () => (await overHttp(journey)).slack,
} satisfies Record<string, () => Promise<LocalSlack>>;

for (const [way, start] of Object.entries(ways)) {
  test(`over ${way} a command is answered for its person only`, async () => {
    const slack = await start();
    const ana = slack.as(ANA);

    const outcome = await ana.command('#security', '/mfa-status  mine ');
    const [answer] = await slack.until(() => ana.see('#security').length > 0 && ana.see('#security'));

    expect(outcome).toEqual({ ok: true });
    expect(answer).toMatchObject({ ephemeral: true, from: slack.botUserId });
    expect(answer?.shown).toContain('asked for with "mine"');
    expect(slack.as('U04BEN').see('#security')).toEqual([]);
  });

  test(`over ${way} a button opens a form, which is refused, then accepted, and answered by direct message`, async () => {
    const slack = await start();
    const ana = slack.as(ANA);
    await ana.command('#security', '/mfa-status');
    await slack.until(() => ana.see('#security').length > 0);

    await ana.click({ text: 'Request a key' });
    await slack.until(() => ana.modal());
    const refused = await ana.submit({ typed: 'nobody' });
    const afterRefusal = ana.modal();
    const [first] = await ana.search('account', 'payments');
    const accepted = await ana.submit({ 'Your name': 'Ana', Account: first?.value ?? '' });
    const [letter] = await slack.until(() => ana.see('dm').length > 0 && ana.see('dm'));

    expect(refused).toEqual({ ok: false, error: 'Somebody has to get it' });
    expect(afterRefusal?.errors).toEqual({ name: 'Somebody has to get it' });
    expect(accepted).toEqual({ ok: true });
    expect(ana.modal()).toBeNull();
    expect(letter?.text).toBe('A key for Ana, payments-prod');
  });

  test(`over ${way} an answer takes the place of the message that was touched`, async () => {
    const slack = await start();
    const ana = slack.as(ANA);
    await ana.command('#security', '/mfa-status');
    await slack.until(() => ana.see('#security').length > 0);

    await ana.click('refresh');
    await slack.until(() => ana.see('#security')[0]?.edited);

    expect(ana.see('#security').map(({ shown }) => shown)).toEqual(['Fresh']);
  });

  test(`over ${way} the Home is published when it is opened, and changes with a click`, async () => {
    const slack = await start();
    const ana = slack.as(ANA);

    await ana.openHome();
    const first = await slack.until(() => ana.home());
    await ana.click('home_button');
    await slack.until(() => ana.home()?.shown === 'Looked');

    expect(first.shown).toContain('Your accounts');
    expect(ana.home()?.viewId).toBe(first.viewId);
  });
}
