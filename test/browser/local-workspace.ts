// First, so that its pages are closed before the workspace that they listen to.
import './browser.ts';

import { buildPage } from '@root-mfa-bot/local-slack';
import type { App } from '@slack/bolt';
import type { Page } from 'playwright-core';
import { socketApp, startTestSlack } from '../../packages/local-slack/test/bolt-harness.ts';
import { FIXTURE_EXTENSION } from '../../packages/local-slack/test/page/fixture-server.ts';
import { registerSampleApp } from '../../packages/local-slack/test/sample-app.ts';
import { openPage, type PageOptions } from './browser.ts';

export {
  ANA,
  BEN,
  callApi,
  GUS,
  plainTextObject,
  XENA,
} from '../../packages/local-slack/test/bolt-harness.ts';

let bundle: ReturnType<typeof buildPage> | undefined;

/** A local Slack with its page, and a real Bolt app in it: the one of the journey, if no other is given. */
export async function startTestWorkspace(register: (app: App) => void = registerSampleApp) {
  bundle ??= buildPage({ extension: FIXTURE_EXTENSION });
  const slack = await startTestSlack({
    page: await bundle,
    panel: { read: async () => ({ count: 3 }), act: async () => ({ ok: true }) },
  });
  await socketApp(slack, register);
  return {
    slack,
    /** The page as a person has it before them, with a conversation open. */
    pageOf: (user: string, channel: string, options?: PageOptions): Promise<Page> =>
      openPage(`${slack.url}/#/${user}/${channel}`, options),
  };
}
