import { KEY_FINDINGS, type KeyFindingKind } from '../../../domain/key-register/findings.ts';
import { totalDevices } from '../../../domain/root-devices.ts';
import type { EvidenceSection } from '../../../reports/evidence-pack/html.ts';
import type { EvidenceLists } from './lists.ts';
import { count, limited, moment, personText } from './wording.ts';

/** Returns what the key register says when the pack is made, and the requests for keys of the period. */
export function keysSection({ keys, tokenRequests, names }: EvidenceLists): EvidenceSection {
  const registered = keys.reduce((sum, account) => sum + account.keys.length, 0);
  const listed = keys.flatMap(({ devices, keys: { length } }) =>
    devices === null ? [] : [{ devices: totalDevices(devices), keys: length }],
  );
  const devices = listed.reduce((sum, account) => sum + account.devices, 0);
  const unaccounted = listed.map((account) => Math.max(0, account.devices - account.keys));
  const missing = unaccounted.reduce((sum, number) => sum + number, 0);
  const withMissing = unaccounted.filter((number) => number > 0).length;
  return {
    id: 'keys',
    title: 'Hardware keys and MFA devices',
    paragraphs: [
      `When this pack was made, AWS listed ${count(devices, 'MFA device')} on the root users of ${count(listed.length, 'account')}, and the key register had ${count(registered, 'key')}. ${count(missing, 'device')} on ${count(withMissing, 'account')} ${missing === 1 ? 'has' : 'have'} no entry in the register: no one is named who holds ${missing === 1 ? 'it' : 'them'}. keys.csv has the register.${keys.length > listed.length ? ` AWS did not list the devices of ${count(keys.length - listed.length, 'more account')}.` : ''}`,
    ],
    tables: [
      {
        caption: 'Weaknesses found in the register when this pack was made',
        headings: ['Weakness', 'Accounts'],
        rows: KEY_FINDINGS.flatMap((kind) => {
          const number = keys.filter(({ findings }) => findings.some((one) => one.kind === kind)).length;
          return number > 0 ? [[FINDING_TEXT[kind], String(number)]] : [];
        }),
        whenEmpty: 'No weakness was found in the register.',
      },
      {
        caption: 'Requests for hardware keys that were open in the period',
        headings: ['Accounts', 'State', 'Kind', 'Requested', 'Decided by', 'Closed'],
        ...limited(
          tokenRequests.map((row) => [
            row.accounts,
            row.state,
            row.kind,
            `${personText(row.requestedBy, names)}, ${moment(row.requestedAt)}`,
            personText(row.decidedBy, names),
            row.closedAt ? moment(row.closedAt) : 'open',
          ]),
          'token-requests.csv',
        ),
        whenEmpty: 'No key was requested.',
      },
    ],
  };
}

const FINDING_TEXT = {
  'holder-left': 'The holder of a key has left the company',
  'one-device-only': 'Root has only one MFA device',
  'battery-ends': 'The battery of a hardware token has ended or ends within 60 days',
  'both-held-by-one-person': 'One person holds all keys',
  'no-spare-named': 'No spare key is registered',
  'not-confirmed': 'The holder has not confirmed the key when it was due',
} as const satisfies Record<KeyFindingKind, string>;
