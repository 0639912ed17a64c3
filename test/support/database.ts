import { randomUUID } from 'node:crypto';
import { cpSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createTestFolder } from './test-folder.ts';

/**
 * A migrated, empty database for the tests of this file, closed after the last of them. Embedded, or on the server
 * that TEST_DATABASE_URL names. Call it at the top of the file: `const db = await testDatabase();`
 */
export async function testDatabase(): Promise<Database> {
  const [db] = await testDatabases(1);
  return db as Database;
}

/**
 * The same database as several instances of the bot see it: a pool of connections each on a server; embedded, where
 * there can be one instance only, the same one again.
 */
export async function testDatabases(instances: number): Promise<Database[]> {
  const server = process.env['TEST_DATABASE_URL'];
  const databases = server ? await onServer(server, instances) : await embedded(instances, 'migrated');
  await migrate(databases[0] as Database);
  return databases;
}

/** Like `testDatabases`, but nothing is migrated. */
export async function emptyDatabases(instances: number): Promise<Database[]> {
  const server = process.env['TEST_DATABASE_URL'];
  return server ? onServer(server, instances) : embedded(instances, 'empty');
}

/** A folder that holds an empty embedded database, gone after the file's last test. */
export async function emptyDataDir(): Promise<string> {
  return dataDirWith('empty');
}

/** The same with the tables in it, for a bot whose start is not what is tried. Nothing waits for the disk in it. */
export async function migratedDataDir(): Promise<string> {
  return dataDirWith('migrated');
}

/** Takes every row out, the append-only ones too, for a test that needs clean tables. */
export async function emptyTables(db: Database): Promise<void> {
  // Children come after their parents, so the newest table goes first. Much quicker than truncate for a few rows,
  // and most tables never had any.
  const tables = await db.query<{ name: string }>(
    `select quote_ident(relname) as name from pg_class
      where relkind = 'r' and relnamespace = 'public'::regnamespace and pg_relation_size(oid) > 0
        and relname not in ('schema_migrations', 'revision', 'redaction_salt', 'audit_log', 'audit_chain')
      order by oid desc`,
  );
  await db.script(tables.map(({ name }) => `delete from ${name};`).join(''));
  if ((await db.query('select 1 from audit_log limit 1')).length > 0) {
    await db.script(`
      alter table audit_log disable trigger user;
      alter table audit_chain disable trigger user;
      delete from audit_chain;
      delete from audit_log;
      alter table audit_chain enable trigger user;
      alter table audit_log enable trigger user`);
  }
}

async function dataDirWith(template: TemplateName): Promise<string> {
  const dataDir = copyTemplate(template);
  afterAll(() => rm(dataDir, { recursive: true, force: true }));
  return dataDir;
}

async function embedded(instances: number, template: TemplateName): Promise<Database[]> {
  const dataDir = copyTemplate(template);
  const db = await openDatabase({ dataDir });
  afterAll(async () => {
    await db.close();
    await rm(dataDir, { recursive: true, force: true });
  }, 120_000);
  return Array.from({ length: instances }, () => db);
}

/** Which of the databases that global-setup.mjs prepared. */
type TemplateName = 'empty' | 'migrated';

function copyTemplate(template: TemplateName): string {
  const source = process.env[`${template.toUpperCase()}_EMBEDDED_DATABASE`];
  if (!source) throw new Error('No database was prepared: is global-setup.mjs in the jest config?');
  const dataDir = createTestFolder('data');
  // Synchronous: a thousand small files take three times as long one promise at a time.
  cpSync(source, join(dataDir, 'postgres'), { recursive: true });
  return dataDir;
}

async function onServer(server: string, instances: number): Promise<Database[]> {
  const name = `root_mfa_bot_test_${randomUUID().replaceAll('-', '')}`;
  const admin = await openDatabase({ url: server, dataDir: '' });
  await admin.query(`create database ${name}`);

  const url = new URL(server);
  url.pathname = `/${name}`;
  const open = () => openDatabase({ url: url.href, dataDir: '' });
  const databases = await Promise.all(Array.from({ length: instances }, open));
  afterAll(async () => {
    for (const db of databases) await db.close();
    await admin.query(`drop database ${name} with (force)`);
    await admin.close();
  }, 120_000);
  return databases;
}
