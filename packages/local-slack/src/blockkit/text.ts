import { boolean, byType, number, type Rule, string } from './rules.ts';

/** Rule: a `plain_text` object of at most `max` characters. */
export function plainText(max: number, min = 1): Rule {
  return byType({
    plain_text: { fields: { text: string(max, min), emoji: boolean }, required: ['text'] },
  });
}

/** Rule: a `plain_text` or `mrkdwn` object of at most `max` characters. */
export function anyText(max: number): Rule {
  return byType({
    plain_text: { fields: { text: string(max), emoji: boolean }, required: ['text'] },
    mrkdwn: { fields: { text: string(max), verbatim: boolean }, required: ['text'] },
  });
}

/** The shapes of the two raw cells a table may have. Slack refuses an empty cell. */
export const rawCells = {
  raw_text: { fields: { text: string(10_000) }, required: ['text'] },
  raw_number: { fields: { value: number, text: string(10_000) }, required: ['value', 'text'] },
};
