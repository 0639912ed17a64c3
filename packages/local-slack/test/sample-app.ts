import type { App } from '@slack/bolt';
import { actionsBlock, buttonElement, plainTextObject } from './bolt-harness.ts';

const nameInput = {
  type: 'input' as const,
  block_id: 'name',
  label: plainTextObject('Your name'),
  element: { type: 'plain_text_input' as const, action_id: 'typed' },
};

const accountInput = {
  type: 'input' as const,
  block_id: 'account',
  label: plainTextObject('Account'),
  optional: true,
  element: { type: 'external_select' as const, action_id: 'account', min_query_length: 0 },
};

/** What the app of these tests does: a command, a button, a form, a search, a Home, a file. */
export function registerSampleApp(app: App): void {
  app.command('/status', async ({ ack, respond, command }) => {
    await ack();
    await respond({
      text: 'Two accounts',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `Two accounts, asked for with "${command.text}"` } },
        actionsBlock(
          buttonElement('request', 'Request a key', '111122223333'),
          buttonElement('refresh', 'Refresh'),
        ),
      ],
    });
  });

  app.action('refresh', async ({ ack, respond }) => {
    await ack();
    await respond({ replace_original: true, text: 'Fresh' });
  });

  app.action('request', async ({ ack, body, client }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'request',
        private_metadata: '111122223333',
        title: plainTextObject('Request a key'),
        submit: plainTextObject('Send'),
        blocks: [nameInput, accountInput],
      },
    });
  });

  app.options('account', async ({ ack, options }) => {
    const all = ['payments-prod', 'payments-dev', 'web'];
    const found = all.filter((name) => name.includes(options.value));
    await ack({ options: found.map((name) => ({ text: plainTextObject(name), value: name })) });
  });

  app.view('request', async ({ ack, view, body, client }) => {
    const name = view.state.values['name']?.['typed']?.value ?? '';
    if (name === 'nobody') {
      await ack({ response_action: 'errors', errors: { name: 'Somebody has to get it' } });
      return;
    }
    await ack();
    const account = view.state.values['account']?.['account']?.selected_option?.value ?? 'any account';
    const { channel } = await client.conversations.open({ users: body.user.id });
    await client.chat.postMessage({ channel: channel?.id ?? '', text: `A key for ${name}, ${account}` });
  });

  app.event('app_home_opened', async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: {
        type: 'home',
        blocks: [
          { type: 'header', text: plainTextObject('Your accounts') },
          actionsBlock(buttonElement('home_button', 'Look')),
        ],
      },
    });
  });

  app.action('home_button', async ({ ack, body, client }) => {
    await ack();
    await client.views.publish({
      user_id: body.user.id,
      view: { type: 'home', blocks: [{ type: 'header', text: plainTextObject('Looked') }] },
    });
  });
}
