import { formatCalendarDay } from '../../../domain/calendar.ts';
import type { Digest } from '../../../domain/digest.ts';
import type { KeyFinding, KeyFindingKind } from '../../../domain/key-register/findings.ts';
import type { KeyKind, RegisteredKey } from '../../../domain/key-register/registered-key.ts';
import type { RootDeviceCounts } from '../../../domain/root-devices.ts';
import { totalDevices } from '../../../domain/root-devices.ts';
import type { KeySummary } from '../../../usecases/keys/read-key-register.ts';
import { formatSlackDate, joinMarkup, type Markup, md, mention, truncate } from '../shared/blocks.ts';
import { pluralize } from '../shared/wording.ts';

/** Name and explanation of each kind; the explanation has at most 75 characters, for Slack's options. */
export const KEY_KIND_TEXT = {
  'security-key': { name: 'Security key', explained: 'A USB or NFC key that you touch, such as a YubiKey' },
  'totp-token': { name: 'Hardware token', explained: 'A device with a display that shows codes' },
  passkey: { name: 'Passkey', explained: 'On a phone, on a computer or in a password manager' },
} as const satisfies Record<KeyKind, { readonly name: string; readonly explained: string }>;

/** What a finding is called, in a list and in the count of all. */
export const KEY_FINDING_TEXT = {
  'holder-left': 'holder has left',
  'one-device-only': 'only one device',
  'battery-ends': 'battery ends soon',
  'both-held-by-one-person': 'all keys held by one person',
  'no-spare-named': 'no spare named',
  'not-confirmed': 'not confirmed for a year',
} as const satisfies Record<KeyFindingKind, string>;

const MAX_PLACE_SHOWN = 60;

/** Returns `2 MFA devices on root: 1 security key or passkey, 1 authenticator app`. */
export function devicesText(devices: RootDeviceCounts | null): string {
  if (devices === null) return 'MFA devices on root: AWS did not list them';
  const parts = [
    ...(devices.fido > 0
      ? [pluralize(devices.fido, 'security key or passkey', 'security keys or passkeys')]
      : []),
    ...(devices.tokens > 0 ? [pluralize(devices.tokens, 'hardware token')] : []),
    ...(devices.virtual > 0 ? [pluralize(devices.virtual, 'authenticator app')] : []),
    ...(devices.unrecognized > 0 ? [`${devices.unrecognized} of an unrecognized type`] : []),
  ];
  const total = pluralize(totalDevices(devices), 'MFA device');
  return parts.length === 0 ? 'No MFA device on root' : `${total} on root: ${parts.join(', ')}`;
}

/** Returns `Spare: security key 12345678 · held by @Ana · safe 2, Madrid office · confirmed Nov 24`. */
export function keyLine(key: RegisteredKey): Markup {
  const { role, kind, holder, place, serial, batteryEndsOn, confirmedAt } = key;
  const name = KEY_KIND_TEXT[kind].name.toLowerCase();
  return joinMarkup(
    [
      md`*${role === 'main' ? 'Main' : 'Spare'}:* ${serial === null ? name : `${name} ${truncate(serial, 60)}`}`,
      holder === null ? md`no holder named` : joinMarkup([md`held by `, mention(holder)], ''),
      ...(place === null ? [] : [md`${truncate(place, MAX_PLACE_SHOWN)}`]),
      ...(batteryEndsOn === null ? [] : [md`battery until ${formatCalendarDay(batteryEndsOn)}`]),
      confirmedAt === null
        ? md`not confirmed yet`
        : joinMarkup([md`confirmed `, formatSlackDate(confirmedAt)], ''),
    ],
    ' · ',
  );
}

/** Returns a finding, with the person or the day where there is one. */
export function findingText({ kind, keys }: KeyFinding): Markup {
  switch (kind) {
    case 'holder-left': {
      const holders = [...new Set(keys.flatMap(({ holder }) => holder ?? []))].map(mention);
      return joinMarkup(
        [
          joinMarkup(holders, ', '),
          holders.length === 1
            ? md` has left but still holds a key. Name another holder.`
            : md` have left but still hold keys. Name other holders.`,
        ],
        '',
      );
    }
    case 'one-device-only':
      return md`Root has only one MFA device: if it is lost, no one can sign in. Register a second one.`;
    case 'battery-ends': {
      const [first = ''] = keys.flatMap(({ batteryEndsOn }) => batteryEndsOn ?? []).sort();
      return md`The battery of a token ends on ${formatCalendarDay(first)}. Request a new one.`;
    }
    case 'both-held-by-one-person':
      return md`All keys are held by one person. Give the spare to someone else, or to a safe.`;
    case 'no-spare-named':
      return md`No spare key is named.`;
    case 'not-confirmed':
      return md`${keys.length === 1 ? 'One key has' : `${keys.length} keys have`} not been confirmed for a year.`;
  }
}

/** Returns `Keys: 280 accounts, 12 with findings: 4 × only one device, 8 × no spare named`. */
export function keySummaryText({ accounts, accountsWithFindings, findings }: KeySummary): Markup {
  const counts = [...findings].map(([kind, count]) => `${count} × ${KEY_FINDING_TEXT[kind]}`).join(', ');
  const total = pluralize(accounts, 'account');
  return accountsWithFindings === 0
    ? md`:key: *Keys:* ${total}, no findings`
    : md`:key: *Keys:* ${total}, ${accountsWithFindings} with findings: ${counts}`;
}

/** Returns `Keys: 3 new findings, 1 resolved`: a channel learns no account, no holder and no place. */
export function keyChangesText({ added, resolved }: NonNullable<Digest['keyFindings']>): Markup {
  const parts = [
    ...(added > 0 ? [pluralize(added, 'new finding')] : []),
    ...(resolved > 0 ? [`${pluralize(resolved, 'finding')} resolved`] : []),
  ];
  return md`:key: *Keys:* ${parts.join(', ')}. Owners and admins see them with \`/mfa-status keys\`.`;
}
