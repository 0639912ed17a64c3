// A process that writes until it is killed: five rows and a counter in each transaction, reported only once committed.
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';

const [, , dataDir = '', start = '0'] = process.argv;
const db = await openDatabase({ dataDir });
await migrate(db);
for (let batch = Number(start); ; batch += 1) {
  await db.transaction(async (tx) => {
    for (const part of [1, 2, 3, 4, 5]) {
      await tx.query('insert into audit_log (at, actor, kind) values (now(), $1, $2)', [
        String(batch),
        String(part),
      ]);
    }
    await tx.beforeCommit('update revision set number = number + 1');
  });
  process.stdout.write(`${batch}\n`);
}
