import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { rootEventMessage } from '@root-mfa-bot/aws-simulator';
import { type LocalSlack, startLocalSlack } from '@root-mfa-bot/local-slack';
import Table from 'cli-table3';
import type { Company, CompanyPerson } from '../src/demo/company.ts';
import { localSlackOptions } from '../src/demo/slack-workspace.ts';
import { syntheticCompany } from '../src/demo/synthetic-company.ts';
import { measureAnswers, megabytes, quantiles, seconds, startBuiltBot } from './bot.ts';
import { runSimulation } from './processes.ts';
import { seedYear } from './seed-year.ts';

const ACCOUNTS = 10_000;
const AWS_LATENCY_MS = 30;
const OWNERS = 100;
const BURST = 2_000;
const BATCH = 10;

/**
 * Measures root events with 10,000 accounts: from `SendMessage` to the owner's message, and a burst of 2,000 sign-ins,
 * each in another account, while people ask. Needs a build. `--database URL` takes PostgreSQL.
 */
export async function rootEventsBench(args: readonly string[]): Promise<void> {
  const url = args[0] === '--database' ? args[1] : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'root-mfa-bench-'));
  const company = withManyOwners(syntheticCompany(ACCOUNTS));
  const slack = await startLocalSlack({ ...localSlackOptions(company), rateLimits: false });
  const { simulation, environment } = await runSimulation(ACCOUNTS, AWS_LATENCY_MS);
  const table = new Table({ head: ['what', 'measured'], style: { head: [], border: [], compact: true } });
  try {
    await seedYear({ url, dataDir: folder, company });
    const queueUrl = `${environment['AWS_ENDPOINT_URL']}/${company.organization.managementAccountId}/root-mfa-events`;
    const settings = `rootEvents: { queueUrl: "${queueUrl}" }\n`;
    const bot = await startBuiltBot(slack, { folder, url, environment, settings });
    const sqs = new SQSClient({
      endpoint: environment['AWS_ENDPOINT_URL'] ?? '',
      region: 'us-east-1',
      credentials: {
        accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
        secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
      },
    });

    table.push([
      `from SendMessage to the owner, ${OWNERS} owners`,
      quantiles(await measureOwners(slack, sqs, queueUrl, company)),
    ]);

    const burst = company.accounts.slice(OWNERS, OWNERS + BURST).map(({ id }) => id);
    await sendBurst(sqs, queueUrl, burst);
    const began = performance.now();
    let handledMs = 0;
    const handled = waitUntilHandled(sqs, queueUrl, bot.port, OWNERS + BURST).then(() => {
      handledMs = performance.now() - began;
    });
    const answers = await measureAnswers(slack, () => handledMs === 0);
    await handled;
    table.push([`burst of ${BURST}, stored and told`, seconds(handledMs)]);
    table.push(['answer to a command meanwhile', `${quantiles(answers)} (${answers.length} answers)`]);
    table.push(['memory after all of it', megabytes(bot.child)]);

    bot.child.kill('SIGTERM');
    await once(bot.child, 'exit');
    sqs.destroy();
  } finally {
    simulation.kill();
    await slack.close();
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(
    `Node ${process.version}, ${url ? 'PostgreSQL' : 'embedded store'}\n${table.toString()}\n`,
  );
}

/** The company with this many more people, each of whom owns one account. */
function withManyOwners(company: Company): Company {
  const [first] = company.people;
  if (!first) throw new RangeError('The company has no people');
  const owners = Array.from(
    { length: OWNERS },
    (_, n): CompanyPerson => ({
      ...first,
      id: `U9OWNER${n}`,
      name: `owner.${n}`,
      email: `owner${n}@example.com`,
      admin: false,
    }),
  );
  return {
    ...company,
    people: [...company.people, ...owners],
    accounts: company.accounts.map((account, n) => {
      const owner = owners[n];
      return owner ? { ...account, ownerEmail: owner.email, tags: { owner: owner.email } } : account;
    }),
  };
}

/** One owner after the other: how long until each is asked. */
async function measureOwners(
  slack: LocalSlack,
  sqs: SQSClient,
  queueUrl: string,
  { accounts, people }: Company,
): Promise<{ readonly ms: number }[]> {
  const timings: { ms: number }[] = [];
  for (const { id, ownerEmail } of accounts.slice(0, OWNERS)) {
    const owner = people.find(({ email }) => email === ownerEmail);
    if (!owner) continue;
    const began = performance.now();
    const body = rootEventMessage({ accountId: id, action: 'failed-sign-in', at: new Date() });
    await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    await slack.waitUntil(() => slack.messagesIn(owner.id).length > 0, 30_000);
    timings.push({ ms: performance.now() - began });
  }
  return timings;
}

async function sendBurst(sqs: SQSClient, queueUrl: string, accountIds: readonly string[]): Promise<void> {
  for (let start = 0; start < accountIds.length; start += BATCH) {
    const batch = accountIds.slice(start, start + BATCH);
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: batch.map((accountId, index) => ({
          Id: String(index),
          MessageBody: rootEventMessage({ accountId, action: 'failed-sign-in', at: new Date() }),
        })),
      }),
    );
  }
}

/** Resolves when the queue is empty, every incident is stored, and no message waits to be sent. */
async function waitUntilHandled(
  sqs: SQSClient,
  queueUrl: string,
  port: number,
  incidents: number,
): Promise<void> {
  for (;;) {
    const { Attributes: depth } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
    );
    const isEmpty = Object.entries(depth ?? {}).every(
      ([name, value]) => !name.startsWith('Approx') || value === '0',
    );
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const stored = Number(/^root_mfa_root_incidents\{state="open"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
    const waiting = [
      ...metrics.matchAll(/^root_mfa_(?:letters|notifications)\{state="(?:waiting|sending)"\} (\d+)$/gm),
    ];
    if (isEmpty && stored >= incidents && waiting.every(([, count]) => count === '0')) return;
    await pause(200);
  }
}
