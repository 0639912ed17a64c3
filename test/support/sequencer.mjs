import Sequencer from '@jest/test-sequencer';

/** The files that take longest, by the start of their path; the longest first. */
const LONGEST = [
  'test/process/stop',
  'test/scenarios/eight-weeks',
  'test/slack/forged-interactions',
  'test/cli/doctor.test',
  'test/store/backup',
  'test/usecases/reminders/',
  'test/process/',
  'test/scenarios/',
  'test/store/embedded',
  'test/cli/',
  'test/usecases/scan/',
  'test/demo/',
  'test/slack/outbox/',
  'test/jobs/scheduler',
];

/**
 * Starts the longest files first, or one worker would still run one of them when the others have nothing left. Jest
 * does so by itself only on a machine that has run the tests before; on others it goes by the size of the files.
 */
export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const rank = ({ path, context }) => {
      const file = path.slice(context.config.rootDir.length + 1);
      const index = LONGEST.findIndex((start) => file.startsWith(start));
      return index < 0 ? LONGEST.length : index;
    };
    return [...(await super.sort(tests))].sort((a, b) => rank(a) - rank(b));
  }
}
