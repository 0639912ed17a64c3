import { isSevere, type RootEventKind } from '../../../domain/root-events/root-event.ts';
import type { ShownEvent } from '../../../domain/root-events/root-notification.ts';
import { formatSlackDateTime, joinMarkup, type Markup, md, truncate } from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

/** What root did: after "Root of payments-prod", and as a thing that was tried. */
export const EVENT_TEXT = {
  'signed-in': { did: 'signed in', tried: 'sign in' },
  'sign-in-failed': { did: 'failed to sign in', tried: 'sign in' },
  'recovery-requested': { did: 'requested a password recovery', tried: 'recover the password' },
  'recovery-completed': { did: 'reset the password by email', tried: 'reset the password by email' },
  'password-changed': { did: 'changed the password', tried: 'change the password' },
  'password-created': { did: 'got a new password', tried: 'create a password' },
  'password-deleted': { did: 'deleted the password', tried: 'delete the password' },
  'mfa-enabled': { did: 'registered an MFA device', tried: 'register an MFA device' },
  'mfa-removed': { did: 'removed an MFA device', tried: 'remove an MFA device' },
  'access-key-created': { did: 'created an access key', tried: 'create an access key' },
  'email-changed': { did: 'changed the root email address', tried: 'change the root email address' },
  'contact-changed': { did: 'changed a contact of the account', tried: 'change a contact of the account' },
  'account-closed': { did: 'closed the account', tried: 'close the account' },
  'organization-left': { did: 'left the organization', tried: 'leave the organization' },
  'session-opened': { did: 'opened a root session', tried: 'open a root session' },
} as const satisfies Record<RootEventKind, { readonly did: string; readonly tried: string }>;

/** `signed in (MFA used)`, `tried to create an access key and was refused`. */
export function eventText(event: Omit<ShownEvent, 'at' | 'source' | 'name'>): string {
  const { kind, succeeded, mfaUsed, taskPolicy } = event;
  if (!succeeded && kind !== 'sign-in-failed') return `tried to ${EVENT_TEXT[kind].tried} and was refused`;
  const task = taskPolicy === null ? '' : ` for ${truncate(taskPolicy, 60)}`;
  const mfa = kind !== 'signed-in' || mfaUsed === null ? '' : mfaUsed ? ' (MFA used)' : ' without MFA';
  return `${EVENT_TEXT[kind].did}${task}${mfa}`;
}

/** The events that a headline names, in order: severe ones before others, at most two. */
export function headlineText(events: readonly ShownEvent[]): string {
  const severe = events.filter(isSevere);
  const chosen = severe.length > 0 ? severe : events;
  const texts = [...new Set(chosen.map(eventText))];
  const [first = 'was used', ...others] = texts;
  if (others.length === 0) return first;
  return others.length === 1 ? `${first} and ${others[0]}` : `${first}, ${others[0]} and more`;
}

/** `from 203.0.113.7`; who opened it, for a root session. */
export function sourceText(source: string | null, openedBy: string | null): Markup {
  const from = source === null ? md`` : md` from ${truncate(source, 60)}`;
  const by = openedBy === null ? md`` : md`, opened by ${truncate(openedBy, 120)}`;
  return joinMarkup([from, by], '');
}

/** A line for each event, oldest first, and how many are left out. */
export function eventLines(events: readonly ShownEvent[], count: number): Markup {
  const more = count - events.length;
  return joinMarkup(
    [
      ...(more > 0 ? [md`• ${pluralize(more, 'earlier event')}`] : []),
      ...events.map((event) =>
        joinMarkup(
          [
            md`• `,
            formatSlackDateTime(new Date(event.at)),
            md`: ${eventText(event)}`,
            ...(event.openedBy === null ? [] : [md` by ${truncate(event.openedBy, 120)}`]),
          ],
          '',
        ),
      ),
    ],
    '\n',
  );
}
