import { describe, expect, test } from '@jest/globals';
import { formatProblem, validateMessage } from '@root-mfa-bot/local-slack';
import type { TargetProgress } from '../../../../src/domain/target.ts';
import {
  ownTargetBlocks,
  renderOwnTargets,
  renderTargets,
  targetChart,
  targetText,
} from '../../../../src/slack/views/targets/targets.ts';
import type { TargetHistory } from '../../../../src/usecases/targets/read-targets.ts';

/** Production on hardware: 14 of 61 accounts to go, five weeks before the day. */
function aTarget(overrides: Partial<TargetProgress> = {}): TargetProgress {
  return {
    name: 'Production on hardware',
    goal: 'hardware-mfa',
    by: '2027-03-31',
    state: 'open',
    total: 61,
    done: 47,
    toGo: 14,
    unknown: 0,
    exempt: 0,
    notRequired: 0,
    unplaced: 0,
    daysLeft: 34,
    neededPerWeek: 3,
    achievedPerWeek: 1.5,
    ...overrides,
  };
}

const history = (name: string, done: readonly number[], by = '2027-03-31'): TargetHistory => ({
  name,
  by,
  weeks: done.map((count, n) => ({
    week: `2027-W0${n + 1}`,
    at: new Date(Date.UTC(2027, 0, 4 + 7 * n)),
    total: 50,
    done: count,
  })),
});

const problems = ({ blocks }: { readonly blocks: unknown }) => validateMessage(blocks).map(formatProblem);

describe('a target reads', () => {
  const day = 'Production on hardware* by Mar 31, 2027';

  test.each<[string, Partial<TargetProgress>, string]>([
    ['behind', {}, `:warning: *${day}: 14 of 61 to go, 3 a week needed, 1.5 achieved · behind`],
    [
      'on track',
      { achievedPerWeek: 3 },
      `:white_check_mark: *${day}: 14 of 61 to go, 3 a week needed, 3 achieved · on track`,
    ],
    ['new', { achievedPerWeek: null }, `:calendar: *${day}: 14 of 61 to go, 3 a week needed`],
    [
      'in its last week',
      { daysLeft: 3, neededPerWeek: null },
      `:calendar: *${day}: 14 of 61 to go, 3 days left, 1.5 achieved`,
    ],
    [
      'on its last day',
      { daysLeft: 0, neededPerWeek: null, achievedPerWeek: null },
      `:calendar: *${day}: 14 of 61 to go, today is the last day`,
    ],
    [
      'overdue',
      { state: 'overdue', daysLeft: -1, neededPerWeek: null },
      ':rotating_light: *Production on hardware* was due Mar 31, 2027: 14 of 61 still to go, 1.5 a week achieved',
    ],
    ['reached', { state: 'reached', done: 61, toGo: 0 }, `:tada: *${day}: reached, 61 of 61 accounts done`],
    [
      'empty',
      { state: 'empty', total: 0, done: 0, toGo: 0 },
      `:warning: *${day}: no account matches. Correct its *match* in root-mfa.yml.`,
    ],
  ])('%s', (_, overrides, expected) => expect(targetText(aTarget(overrides)).markup).toBe(expected));
});

test('a name cannot mention anyone', () => {
  expect(targetText(aTarget({ name: '<!channel>' })).markup).not.toContain('<!channel>');
});

test('an owner reads their own share and the day', () => {
  const [block] = ownTargetBlocks([
    aTarget({ total: 3, done: 1, toGo: 2 }),
    aTarget({ name: 'Any MFA', total: 1, done: 1, toGo: 0, state: 'reached' }),
    aTarget({ name: 'No root', total: 1, done: 0, toGo: 1, state: 'overdue', daysLeft: -3 }),
  ]);

  expect(block).toMatchObject({
    text: {
      text: [
        ':dart: *Production on hardware* by Mar 31, 2027: 2 of your 3 accounts are to go, 34 days left',
        ':white_check_mark: *Any MFA* by Mar 31, 2027: your account is done',
        ':rotating_light: *No root* was due Mar 31, 2027: your account is still to go',
      ].join('\n'),
    },
  });
});

describe('the list of targets', () => {
  test('says what else to know, and opens the accounts to go', () => {
    const page = renderTargets({
      progress: [aTarget({ unknown: 2, exempt: 3, notRequired: 1, unplaced: 4 }), aTarget({ name: 'B' })],
      history: [history('Production on hardware', [10, 20]), history('B', [30, 40], '2027-06-30')],
    });
    const json = JSON.stringify(page);

    expect(json).toContain('2 could not be checked · 3 exempt · 1 to go is compliant with policy');
    expect(json).toContain('4 accounts not counted: org unit or tags could not be read');
    expect(json).toContain('"value":"of=target&who=Production+on+hardware"');
    expect(problems(page)).toEqual([]);
  });

  test.each([
    ['without a target', renderTargets({ progress: [], history: [] }), 'No targets are set.'],
    ['of an owner without one', renderOwnTargets([]), 'None of your accounts has a target date.'],
    [
      'of an owner',
      renderOwnTargets([aTarget(), aTarget({ name: 'B' })]),
      '14 of your 61 accounts are to go',
    ],
  ])('%s', (_, page, expected) => {
    expect(page.text).toContain(expected);
    expect(problems(page)).toEqual([]);
  });
});

describe('the chart', () => {
  test('has a line for each target over the weeks that all of them share, and names the days', () => {
    const chart = targetChart([
      history('Production on hardware', [10, 20, 30]),
      history('Production on hardware, EU', [0, 25, 50], '2027-06-30'),
      history('Too new', [1]),
    ]);

    expect(chart).toMatchObject({
      chart: {
        series: [
          { name: '1 Production on har…', data: [{ value: 20 }, { value: 40 }, { value: 60 }] },
          { name: '2 Production on har…', data: [{ value: 0 }, { value: 50 }, { value: 100 }] },
        ],
        axis_config: { categories: ['W01', 'W02', 'W03'], x_label: 'Due Mar 31, 2027, Jun 30, 2027' },
      },
    });
  });

  test('starts with the second week', () => {
    expect(targetChart([history('Production on hardware', [10])])).toBeUndefined();
    expect(targetChart([])).toBeUndefined();
  });
});
