import type { SlackDependencies } from '../dependencies.ts';
import type { Router } from '../router.ts';

/** Registers what Slack says about the workspace itself. */
export function registerWorkspaceEvents(
  router: Router,
  { channelPolicy, ctx: { log } }: SlackDependencies,
): void {
  router.event('channel_shared', async ({ channel }) => {
    await channelPolicy.recordChange(String(channel));
    log.warn({ channel }, 'Channel shared with another company');
  });
  router.event('member_joined_channel', ({ channel }) => channelPolicy.recordChange(String(channel)));
  router.event('tokens_revoked', async () => {
    log.error({}, 'Slack tokens revoked: install the app again and set the new tokens');
  });
  router.event('app_uninstalled', async () => {
    log.error({}, 'Slack app uninstalled: install it again and set the new tokens');
  });
}
