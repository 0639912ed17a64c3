import { expect, test } from '@jest/globals';
import { migrate, readMigrations } from '../../src/store/migrate.ts';
import { watchSchema } from '../../src/store/schema-watch.ts';
import { testDatabase } from '../support/database.ts';

const db = await testDatabase();

test('a running bot learns that a newer version has migrated its database', async () => {
  const reason = new Promise<string>((resolve) => {
    watchSchema(db, resolve, 5);
  });

  await migrate(db, [...readMigrations(), { name: '9000_newer', sql: 'create table newer (id int)' }]);

  expect(await reason).toMatch(/holds the migration 9000_newer.*a newer version wrote it/);
});
