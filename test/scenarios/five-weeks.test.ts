import { expect, jest, test } from '@jest/globals';
import { advanceClock } from '../../src/demo/advance-clock.ts';
import { PEOPLE } from '../../src/demo/company.ts';
import { demoConfig } from '../../src/demo/demo-config.ts';
import { startBotHarness } from '../support/bot-harness.ts';
import { untilNextMonday, waitForDelivery } from '../support/weeks.ts';

jest.setTimeout(180_000);

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const DATA_LAKE = '333344440001';

const settings = demoConfig();
const harness = await startBotHarness({
  config: {
    ...settings,
    // Two scans a week are enough for a digest a week. Two runs of reminders a day reach everyone at work: Tokyo and Bengaluru at 3:45, London to New York at 15:45.
    schedule: { ...settings.schedule, timezone: 'UTC', scan: '0 1 * * 1,4', reminders: '45 3,15 * * 1-5' },
  },
});
const { bot, slack, aws, clock } = harness;
clock.advance(untilNextMonday(clock.now()) + 3.75 * HOUR_MS);

const { ana, ben, dev, sam } = PEOPLE;
/** The readers of the diary, and where each of them reads. */
const READERS = [
  { name: 'Ben, who ignores everything', id: ben.id, place: 'dm' },
  { name: 'Dev, who does it right away', id: dev.id, place: 'dm' },
  { name: 'Ana, who leaves the company', id: ana.id, place: 'dm' },
  { name: 'the approvers, on holiday', id: sam.id, place: '#security-keys' },
  { name: 'Sam, who has one minute on Monday', id: sam.id, place: '#security' },
] as const;
type Reader = (typeof READERS)[number]['name'];

interface Entry {
  readonly day: number;
  readonly who: Reader;
  readonly shown: string;
}
const diary: Entry[] = [];
const written = new Map<string, string>();

/** Advances by this number of days, and writes down what is new or has changed for each reader. */
async function advanceDays(days: number): Promise<void> {
  for (let n = 0; n < days; n += 1) {
    const day = 1 + Math.floor((clock.now().getTime() - startedAt) / DAY_MS);
    await advanceClock(clock, DAY_MS, bot.tick, 12 * HOUR_MS);
    await waitForDelivery(harness);
    for (const { name, id, place } of READERS) {
      for (const { ts, fromBot, shown } of slack.as(id).messages(place)) {
        const key = `${name} ${ts}`;
        if (!fromBot || written.get(key) === shown) continue;
        written.set(key, shown);
        diary.push({ day, who: name, shown });
      }
    }
  }
}
const startedAt = clock.now().getTime();

/** Returns the texts that one of them read, oldest first, with the week. */
const readBy = (who: Reader) =>
  diary.filter((entry) => entry.who === who).map(({ day, shown }) => ({ week: Math.ceil(day / 7), shown }));
const weeksWith = (who: Reader, words: string) =>
  readBy(who)
    .filter(({ shown }) => shown.includes(words))
    .map(({ week }) => week);

test('five weeks of Ben, Dev, Ana, approvers on holiday and Sam, day by day', async () => {
  await advanceDays(1);
  // Dev follows the steps on the first day; Ana requests a key, and no approver is there to decide.
  aws.organization.enrolDevice(DATA_LAKE, 'fido', 'devs-key');
  await slack.as(ana.id).command('#security', '/mfa-status request payments-prod');
  await slack.waitUntil(() => slack.as(ana.id).modal()?.title === 'Request a hardware key');
  await slack.as(ana.id).submit({ office: 'London' });
  await advanceDays(13);
  slack.deactivate(ana.id);
  await advanceDays(21);

  // PRINT_DIARY=1 prints it, to be read as each of them.
  if (process.env['PRINT_DIARY']) {
    for (const { day, who, shown } of diary) process.stdout.write(`\nDay ${day} · ${who}\n${shown}\n`);
  }

  // Ben is reminded three times, each in other words, and then hears no more in person: the channel does.
  expect(weeksWith('Ben, who ignores everything', 'Your AWS account needs MFA')).toEqual([1, 2, 3]);
  expect(weeksWith('Ben, who ignores everything', 'Hello again!')).toEqual([2, 3]);
  expect(weeksWith('Ben, who ignores everything', 'I will ask the security team to help')).toEqual([3]);
  expect(weeksWith('Sam, who has one minute on Monday', 'I reminded the owners and got no answer')).toEqual([
    4,
  ]);

  // Dev is thanked, and hears no more.
  expect(readBy('Dev, who does it right away').map(({ shown }) => shown.split('\n')[0])).toEqual([
    '1 of your 5 AWS accounts needs attention',
    'Done. Thank you!',
  ]);

  // Ana hears that her request waits, until she leaves; then Sam reads that she cannot be reached.
  expect(weeksWith('the approvers, on holiday', 'Waiting for approval')).toEqual([1, 4]);
  expect(weeksWith('the approvers, on holiday', '*No reachable owner.*')).toEqual([4]);
  expect(weeksWith('Ana, who leaves the company', 'has been waiting for approval')).toEqual([1, 1, 2, 2]);
  expect(Math.max(...readBy('Ana, who leaves the company').map(({ week }) => week))).toBe(2);
  expect(weeksWith('Sam, who has one minute on Monday', 'ana.souza (cannot be reached)')).toEqual([4, 5]);
  expect(
    weeksWith(
      'Sam, who has one minute on Monday',
      '*no reachable owner* (requested by <@U03ANA>, who has left)',
    ),
  ).toEqual([4, 5]);
  // Her accounts are listed in the week in which they lost their owner, and counted as unchanged afterwards.
  expect(weeksWith('Sam, who has one minute on Monday', '*No reachable owner* (14)')).toEqual([4]);
  expect(weeksWith('Sam, who has one minute on Monday', 'might know more')).toEqual([]);

  // Sam reads one digest a week. What has not changed is one line.
  const digests = readBy('Sam, who has one minute on Monday').filter(({ shown }) =>
    shown.startsWith('Root MFA, week'),
  );
  expect(digests.map(({ week }) => week)).toEqual([1, 2, 3, 4, 5]);
  for (const { week, shown } of digests.slice(2)) {
    expect(shown).toContain('Unchanged since last week: 9 non-compliant');
    // In the fourth week Ana's accounts have lost their owner: that is a change.
    expect(shown.split('\n').length).toBeLessThan(week === 4 ? 32 : 24);
  }
});
