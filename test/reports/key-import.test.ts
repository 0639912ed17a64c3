import { expect, test } from '@jest/globals';
import { keysAsCsv } from '../../src/reports/key-export.ts';
import { parseKeyFile } from '../../src/reports/key-import.ts';

const exported = {
  accountId: '011122223333',
  accountName: '=payments',
  rootDevices: 2,
  rootDeviceKinds: 'fido:2',
  role: 'main',
  kind: 'security-key',
  holder: 'U03ANA',
  place: 'safe 2, "Madrid"\nsecond line',
  serial: '0042',
  batteryEndsOn: null,
  confirmedAt: '2026-11-24T09:00:00.000Z',
  findings: 'no-spare-named',
};

test('an exported register can be imported: no leading zero is lost', () => {
  expect(parseKeyFile([...keysAsCsv([exported])].join(''))).toEqual({
    kind: 'rows',
    rows: [
      {
        line: 3,
        accountId: '011122223333',
        role: 'main',
        kind: 'security-key',
        holder: 'U03ANA',
        place: 'safe 2, "Madrid"\nsecond line',
        serial: '0042',
        batteryEndsOn: '',
      },
    ],
  });
});

test.each([
  [
    'accountId,role',
    'there is no column kind: expected accountId, role, kind, holder, place, serial, batteryEndsOn',
  ],
  ['accountId,role,kind,holdr', 'there is no column "holdr": did you mean holder?'],
  ['accountId,role,kind,kind', 'the column kind is there twice'],
])('a header “%s” is refused', (header, problem) => {
  expect(parseKeyFile(`${header}\n`)).toEqual({ kind: 'errors', errors: [{ line: 1, problem }] });
});

test('a line that is no CSV is named', () => {
  expect(parseKeyFile('accountId,role,kind\n111122223333,main\n')).toMatchObject({
    kind: 'errors',
    errors: [{ line: 2 }],
  });
});

test('an empty file lacks its columns', () => {
  expect(parseKeyFile('')).toMatchObject({ kind: 'errors', errors: [{ line: 1 }, { line: 1 }, { line: 1 }] });
});
