import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { importKeyFile } from '../../src/cli/keys.ts';
import { saveAccounts } from '../../src/store/accounts.ts';
import { listAuditEntries } from '../../src/store/audit-log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { savePeople } from '../../src/store/people.ts';
import { listRegisteredKeys } from '../../src/store/registered-keys.ts';
import { anAccount } from '../support/builders.ts';
import { migratedDataDir } from '../support/database.ts';
import { aPerson } from '../support/owners.ts';
import { ANA } from '../support/reminders.ts';
import { PAYMENTS } from '../support/token-requests.ts';

const folder = mkdtempSync(join(tmpdir(), 'keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
const dataDir = await migratedDataDir();
const now = new Date('2026-11-24T09:00:00Z');
const file = join(folder, 'keys.csv');

/** Runs the command on a file with these lines. */
async function importLines(lines: readonly string[], dryRun = false) {
  writeFileSync(file, lines.join('\r\n'));
  let text = '';
  const terminal = { write: (part: string) => (text += part) } as never;
  const env = { DATA_DIR: dataDir };
  const code = await importKeyFile(file, { dryRun }, { env, stdout: terminal, stderr: terminal }, now);
  return { code, text: text.replaceAll(file, 'keys.csv') };
}

const HEADER = 'accountId,role,kind,holder,place,serial,batteryEndsOn';

test('keys are imported from a file, every line or none, and each is on record', async () => {
  const db = await openDatabase({ dataDir });
  await saveAccounts(db, [anAccount({ id: PAYMENTS })], now);
  await savePeople(db, [aPerson('ana')]);
  await db.close();
  const main = `${PAYMENTS},main,security-key,Ana@example.com,,"1234",`;
  const spare = `${PAYMENTS},spare,totp-token,,"safe 2, Madrid",99,2027-03-31`;

  expect(await importLines([HEADER, main, spare.replace('totp-token', 'token')])).toEqual({
    code: 1,
    text: 'keys.csv:3: kind "token": expected security-key, totp-token, passkey\nNothing was imported: 1 mistake.\n',
  });
  expect(await importLines([HEADER, main, spare], true)).toEqual({
    code: 0,
    text: 'Checked keys.csv: 2 keys added, 0 changed, 0 unchanged. Nothing was written.\n',
  });
  expect(await importLines([HEADER, main, spare])).toEqual({
    code: 0,
    text: 'Imported keys.csv: 2 keys added, 0 changed, 0 unchanged.\n',
  });
  expect(await importLines([HEADER, main])).toMatchObject({
    text: 'Imported keys.csv: 0 keys added, 0 changed, 1 unchanged.\n',
  });

  const after = await openDatabase({ dataDir });
  expect(await listRegisteredKeys(after, PAYMENTS)).toMatchObject([
    { role: 'main', holder: ANA, serial: '1234', source: 'import' },
    { role: 'spare', holder: null, place: 'safe 2, Madrid', batteryEndsOn: '2027-03-31' },
  ]);
  const entries = await listAuditEntries(after, { limit: 5 });
  expect(entries.map(({ kind, actor }) => [kind, actor])).toEqual([
    ['key-added', 'bot'],
    ['key-added', 'bot'],
  ]);
  await after.close();
});
