// First, so that its pages are closed before the workspace that they listen to.
import './browser.ts';

import type { App } from '@slack/bolt';
import type { Page } from 'playwright-core';
import { pageBundle } from '../../packages/local-slack/src/page-bundle.ts';
import { journey } from '../../packages/local-slack/test/sample-app.ts';
import { aSlack, overSocket } from '../../packages/local-slack/test/bolt-harness.ts';
import { fixturePanel } from '../../packages/local-slack/test/page/fixture-state.ts';
import { aPage, type PageOptions } from './browser.ts';

export { ANA, BEN, call, GUS, XENA } from '../../packages/local-slack/test/bolt-harness.ts';

let bundle: ReturnType<typeof pageBundle> | undefined;

/** A local Slack with its page, and a real Bolt app in it: the one of the journey, if no other is given. */
export async function aWorkspace(register: (app: App) => void = journey) {
  bundle ??= pageBundle();
  const slack = await aSlack({
    page: await bundle,
    panel: { read: async () => fixturePanel, act: async () => ({ ok: true }) },
  });
  await overSocket(slack, register);
  return {
    slack,
    /** The page as a person has it before them, with a conversation open. */
    pageOf: (user: string, channel: string, options?: PageOptions): Promise<Page> =>
      aPage(`${slack.url}/#/${user}/${channel}`, options),
  };
}
