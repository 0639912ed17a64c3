import { expect, test } from '@jest/globals';
import type { LocalSlack } from '../src/local-slack.ts';
import { ANA, httpApp, socketApp, startTestSlack } from './bolt-harness.ts';
import { registerSampleApp } from './sample-app.ts';

const modes = {
  'Socket Mode': async () => {
    const slack = await startTestSlack();
    await socketApp(slack, registerSampleApp);
    return slack;
  },
  'signed HTTP': async () => (await httpApp(registerSampleApp)).slack,
} satisfies Record<string, () => Promise<LocalSlack>>;

for (const [mode, start] of Object.entries(modes)) {
  test(`over ${mode} a command is answered for its person only`, async () => {
    const slack = await start();
    const ana = slack.as(ANA);

    const outcome = await ana.command('#security', '/status  mine ');
    const [answer] = await slack.waitUntil(
      () => ana.messages('#security').length > 0 && ana.messages('#security'),
    );

    expect(outcome).toEqual({ ok: true });
    expect(answer).toMatchObject({ ephemeral: true, from: slack.botUserId });
    expect(answer?.shown).toContain('asked for with "mine"');
    expect(slack.as('U04BEN').messages('#security')).toEqual([]);
  });

  test(`over ${mode} a button opens a form, which is refused, then accepted, and answered by direct message`, async () => {
    const slack = await start();
    const ana = slack.as(ANA);
    await ana.command('#security', '/status');
    await slack.waitUntil(() => ana.messages('#security').length > 0);

    await ana.click({ text: 'Request a key' });
    await slack.waitUntil(() => ana.modal());
    const refused = await ana.submit({ typed: 'nobody' });
    const afterRefusal = ana.modal();
    const [first] = await ana.search('account', 'payments');
    const accepted = await ana.submit({ 'Your name': 'Ana', Account: first?.value ?? '' });
    const [directMessage] = await slack.waitUntil(() => ana.messages('dm').length > 0 && ana.messages('dm'));

    expect(refused).toEqual({ ok: false, error: 'Somebody has to get it' });
    expect(afterRefusal?.errors).toEqual({ name: 'Somebody has to get it' });
    expect(accepted).toEqual({ ok: true });
    expect(ana.modal()).toBeNull();
    expect(directMessage?.text).toBe('A key for Ana, payments-prod');
  });

  test(`over ${mode} an answer takes the place of the message that was touched`, async () => {
    const slack = await start();
    const ana = slack.as(ANA);
    await ana.command('#security', '/status');
    await slack.waitUntil(() => ana.messages('#security').length > 0);

    await ana.click('refresh');
    await slack.waitUntil(() => ana.messages('#security')[0]?.edited);

    expect(ana.messages('#security').map(({ shown }) => shown)).toEqual(['Fresh']);
  });

  test(`over ${mode} the Home is published when it is opened, and changes with a click`, async () => {
    const slack = await start();
    const ana = slack.as(ANA);

    await ana.openHome();
    const first = await slack.waitUntil(() => ana.home());
    await ana.click('home_button');
    await slack.waitUntil(() => ana.home()?.shown === 'Looked');

    expect(first.shown).toContain('Your accounts');
    expect(ana.home()?.viewId).toBe(first.viewId);
  });
}
