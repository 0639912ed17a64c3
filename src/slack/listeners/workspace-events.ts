import type { SlackDependencies } from '../dependencies.ts';
import type { Router } from '../router.ts';

/** What the workspace tells us about itself. */
export function registerWorkspaceEvents(
  router: Router,
  { authorizer, ctx: { log } }: SlackDependencies,
): void {
  router.event('channel_shared', async ({ channel }) => {
    authorizer.invalidateChannel(String(channel));
    log.warn({ channel }, 'A channel was shared with another company: nothing is shown there any more');
  });
  router.event('member_joined_channel', async ({ channel }) => authorizer.invalidateChannel(String(channel)));
  router.event('tokens_revoked', async () => {
    log.error({}, 'The tokens of the Slack app were revoked: install it again and set the new ones');
  });
  router.event('app_uninstalled', async () => {
    log.error({}, 'The Slack app was uninstalled: install it again and set the new tokens');
  });
}
