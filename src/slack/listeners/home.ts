import { ADMINS_ONLY } from '../command.ts';
import type { SlackDependencies } from '../dependencies.ts';
import type { Router } from '../router.ts';
import { SHOW_REMINDERS } from '../views/home/company-section.ts';
import { forAdminsOnly } from './admins-only.ts';
import { showReminders } from './reminders.ts';

/** The app's Home for each person who opens it. Clicks in it belong to the listeners of each feature. */
export function registerHome(router: Router, deps: SlackDependencies): void {
  const { homePublisher } = deps;

  router.userEvent(
    'app_home_opened',
    async (caller, { tab }) => {
      // The same event is sent when a person opens the direct message.
      if (tab === 'home') await homePublisher.show(caller);
    },
    async (userId, content, { tab }) => {
      if (tab === 'home') await homePublisher.showMessage(userId, content);
    },
  );

  router.action(SHOW_REMINDERS, (interaction) =>
    forAdminsOnly(deps, interaction, ADMINS_ONLY.reminders, () => showReminders(deps, interaction)),
  );
}
