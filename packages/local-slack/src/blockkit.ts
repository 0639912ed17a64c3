import { homeBlocks, messageBlocks, modalBlocks, shownText } from './blockkit/blocks.ts';
import { optionGroups, selectOptions } from './blockkit/elements.ts';
import {
  boolean,
  fieldsOf,
  object,
  oneOf,
  type Problem,
  type ReportProblem,
  type Rule,
  string,
} from './blockkit/rules.ts';
import { plainText } from './blockkit/text.ts';

export type { Problem } from './blockkit/rules.ts';

// Slack does not document this one. Messages were refused with `msg_blocks_too_long` from about 11,300
// characters on (https://github.com/slackapi/bolt-js/issues/2509), so the line is drawn well before.
const MAX_TEXT_LENGTH = 10_000;
const MAX_MARKDOWN_LENGTH = 12_000;
const MAX_CHARTS = 2;

/**
 * What Slack would refuse about a message: nothing, or a list with a pointer to each fault.
 *
 * Stricter than Slack where its limits are only rumoured, so that a message that passes here passes there.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
export function validateMessage(blocks: unknown, text?: string): Problem[] {
  const { problems, report } = problemCollector();
  const input = blocks ?? [];

  messageBlocks(input, '/blocks', report);
  if (!Array.isArray(input)) return problems;

  if (input.length === 0 && !text)
    problems.push({ code: 'no_text', pointer: '/text', message: 'missing required field: text' });
  limitBlocksOfType(input, ['table', 'data_table'], 1, report);
  limitBlocksOfType(input, ['data_visualization'], MAX_CHARTS, report);
  requireSingleFocus(input, '/blocks', report);

  const isMarkdown = (block: unknown): boolean => fieldsOf(block)?.['type'] === 'markdown';
  if (shownText(input.filter(isMarkdown)) > MAX_MARKDOWN_LENGTH)
    report('/blocks', `must have less than ${MAX_MARKDOWN_LENGTH + 1} characters in all markdown blocks`);
  if (shownText(input.filter((block) => !isMarkdown(block))) > MAX_TEXT_LENGTH)
    problems.push({
      code: 'msg_blocks_too_long',
      pointer: '/blocks',
      message: `must have less than ${MAX_TEXT_LENGTH + 1} characters in all blocks`,
    });
  return problems;
}

const view = {
  callback_id: string(255),
  external_id: string(255),
  private_metadata: string(3000, 0),
};

const modal = object({
  fields: {
    ...view,
    type: oneOf('modal'),
    title: plainText(24),
    submit: plainText(24),
    close: plainText(24),
    blocks: modalBlocks,
    clear_on_close: boolean,
    notify_on_close: boolean,
    submit_disabled: boolean,
  },
  required: ['type', 'title', 'blocks'],
  extraRule: (fields, pointer, report) => {
    const blocks = Array.isArray(fields['blocks']) ? fields['blocks'] : [];
    const hasInput = blocks.some((block) => fieldsOf(block)?.['type'] === 'input');
    if (hasInput && fields['submit'] === undefined) report(pointer, 'missing required field: submit');
    requireSingleFocus(blocks, `${pointer}/blocks`, report);
  },
});

const home = object({
  fields: { ...view, type: oneOf('home'), blocks: homeBlocks },
  required: ['type', 'blocks'],
});

/** What Slack would refuse about a modal: nothing, or a list with a pointer to each fault. */
export function validateModal(input: unknown): Problem[] {
  return collectProblems(modal, input, '/view');
}

/** What Slack would refuse about an App Home: nothing, or a list with a pointer to each fault. */
export function validateHome(input: unknown): Problem[] {
  return collectProblems(home, input, '/view');
}

/** What Slack would refuse about the answer to a search in an external select. */
export function validateOptions(input: unknown): Problem[] {
  const fields = fieldsOf(input);
  if (fields?.['option_groups'] !== undefined)
    return collectProblems(optionGroups, fields['option_groups'], '/option_groups');
  // Nothing found is a good answer.
  if (Array.isArray(fields?.['options']) && fields['options'].length === 0) return [];
  return collectProblems(selectOptions, fields?.['options'], '/options');
}

/** The line that Slack answers for a problem. */
export function formatProblem({ message, pointer }: Problem): string {
  return `${message} [json-pointer:${pointer}]`;
}

function problemCollector(): { problems: Problem[]; report: ReportProblem } {
  const problems: Problem[] = [];
  const report: ReportProblem = (pointer, message) => {
    if (!problems.some((one) => one.pointer === pointer && one.message === message))
      problems.push({ code: 'invalid_blocks', pointer, message });
  };
  return { problems, report };
}

function collectProblems(rule: Rule, input: unknown, pointer: string): Problem[] {
  const { problems, report } = problemCollector();
  rule(input, pointer, report);
  return problems;
}

function limitBlocksOfType(
  blocks: readonly unknown[],
  types: readonly string[],
  max: number,
  report: ReportProblem,
): void {
  const found = blocks.flatMap((block, index) =>
    types.includes(String(fieldsOf(block)?.['type'])) ? [index] : [],
  );
  for (const index of found.slice(max))
    report(`/blocks/${index}`, `no more than ${max} blocks of type ${types.join(' or ')} allowed`);
}

/** Only one element may take the focus when a view or message opens. */
function requireSingleFocus(blocks: readonly unknown[], pointer: string, report: ReportProblem): void {
  const focused = blocks.flatMap((block, index) => {
    const { element, accessory, elements } = fieldsOf(block) ?? {};
    return [element, accessory, ...(Array.isArray(elements) ? elements : [])]
      .filter((one) => fieldsOf(one)?.['focus_on_load'] === true)
      .map(() => index);
  });
  for (const index of focused.slice(1))
    report(`${pointer}/${index}`, 'focus_on_load may be set on one element only');
}
