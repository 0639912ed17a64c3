import type { Recipient } from '../../store/outbox.ts';
import type { Context } from './context.ts';

/** Returns every admin; without admins, the channel; without a channel, an empty list. */
export async function adminRecipients({ people, channels, log }: Context): Promise<readonly Recipient[]> {
  const admins = await people.admins();
  if (admins.length > 0) return admins.map((id) => ({ kind: 'person', id }));
  if (channels.digest !== null) return [{ kind: 'channel', id: channels.digest }];
  log.warn({}, 'No admin to notify: set slack.admins or slack.channel');
  return [];
}
