import { expect, test } from '@jest/globals';
import { migrate, readMigrations } from '../../src/store/migrate.ts';
import { emptyDatabases } from '../support/database.ts';

const instances = await emptyDatabases(6);
const [db] = instances as [(typeof instances)[number]];

test('the files are numbered without gaps, so that their order is never in doubt', () => {
  const numbers = readMigrations().map(({ name }) => name.slice(0, 5));

  expect(numbers).toEqual(numbers.map((_, index) => `${String(index + 1).padStart(4, '0')}_`));
});

test('six instances that start at once apply each migration once', async () => {
  const results = await Promise.all(instances.map((instance) => migrate(instance)));

  const names = readMigrations().map(({ name }) => name);
  expect(results.flatMap(({ applied }) => applied).sort()).toEqual(names);
  expect(await migrate(db)).toEqual({ applied: [] });
});

test('a migration that fails half-way leaves nothing, and the next start tries it again', async () => {
  const broken = {
    name: '9000_broken',
    sql: 'create table half (id int); insert into half values (1); select 1 / 0',
  };
  const repaired = { ...broken, sql: 'create table half (id int)' };

  await expect(migrate(db, [...readMigrations(), broken])).rejects.toThrow(/division by zero/);
  expect(await migrate(db, [...readMigrations(), repaired])).toEqual({ applied: ['9000_broken'] });
});

test('a database of a newer version is refused', async () => {
  const newer = [...readMigrations(), { name: '9000_broken', sql: 'create table half (id int)' }];
  await migrate(db, newer);

  await expect(migrate(db)).rejects.toThrow(/holds the migration 9000_broken.*a newer version wrote it/);
});

test('a migration that was edited after it landed is refused', async () => {
  const [first, ...others] = readMigrations() as [{ name: string; sql: string }];
  const extra = { name: '9000_broken', sql: 'create table half (id int)' };

  const edited = migrate(db, [{ ...first, sql: `${first.sql}-- better` }, ...others, extra]);

  await expect(edited).rejects.toThrow(/0001_accounts was edited after it had landed/);
});

test('a migration that squeezes in before one that has landed is refused', async () => {
  const late = { name: '0000_late', sql: 'select 1' };
  const extra = { name: '9000_broken', sql: 'create table half (id int)' };

  await expect(migrate(db, [late, ...readMigrations(), extra])).rejects.toThrow(/0000_late comes before/);
});

test('every migration has a number of its own', () => {
  const numbers = readMigrations().map(({ name }) => name.slice(0, 4));

  expect(new Set(numbers).size).toBe(numbers.length);
});
