import type { Bot } from '../dependencies.ts';
import type { Door } from '../router.ts';

/** What the workspace tells us about itself. */
export function registerWorkspaceEvents(door: Door, { gate, ctx: { log } }: Bot): void {
  door.event('channel_shared', async ({ channel }) => {
    gate.forgetChannel(String(channel));
    log.warn({ channel }, 'A channel was shared with another company: nothing is shown there any more');
  });
  door.event('member_joined_channel', async ({ channel }) => gate.forgetChannel(String(channel)));
  door.event('tokens_revoked', async () => {
    log.error({}, 'The tokens of the Slack app were revoked: install it again and set the new ones');
  });
  door.event('app_uninstalled', async () => {
    log.error({}, 'The Slack app was uninstalled: install it again and set the new tokens');
  });
}
