import type { Bot } from '../dependencies.ts';
import type { Door } from '../router.ts';
import { SHOW_REMINDERS } from '../views/home/company-section.ts';
import { showReminders } from './reminders.ts';

/** The app's Home, for whoever opens it. What is clicked there belongs to the listeners of each feature. */
export function registerHome(door: Door, bot: Bot): void {
  const { homes } = bot;

  door.personalEvent(
    'app_home_opened',
    async (caller, { tab }) => {
      // The same event tells that somebody opened the direct message.
      if (tab === 'home') await homes.show(caller);
    },
    async (userId, words, { tab }) => {
      if (tab === 'home') await homes.tell(userId, words);
    },
  );

  door.action(SHOW_REMINDERS, (visit) => showReminders(bot, visit));
}
