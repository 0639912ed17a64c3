import { homeBlocks, messageBlocks, modalBlocks, shownText } from './blockkit/blocks.ts';
import { optionGroups, selectOptions } from './blockkit/elements.ts';
import {
  boolean,
  fieldsOf,
  object,
  oneOf,
  type Problem,
  type Rule,
  string,
  type Tell,
} from './blockkit/rules.ts';
import { plainText } from './blockkit/text.ts';

export type { Problem } from './blockkit/rules.ts';

// Slack does not document this one. Messages were refused with `msg_blocks_too_long` from about 11,300
// characters on (https://github.com/slackapi/bolt-js/issues/2509), so the line is drawn well before.
const TEXT_IN_ONE_MESSAGE = 10_000;
const MARKDOWN_IN_ONE_MESSAGE = 12_000;
const CHARTS_IN_ONE_MESSAGE = 2;

/**
 * What Slack would refuse about a message: nothing, or a list with a pointer to each fault.
 *
 * Stricter than Slack where its limits are only rumoured, so that a message that passes here passes there.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
export function validateMessage(blocks: unknown, text?: string): Problem[] {
  const { problems, tell } = notebook();
  const given = blocks ?? [];

  messageBlocks(given, '/blocks', tell);
  if (!Array.isArray(given)) return problems;

  if (given.length === 0 && !text)
    problems.push({ code: 'no_text', pointer: '/text', message: 'missing required field: text' });
  atMostOf(given, ['table', 'data_table'], 1, tell);
  atMostOf(given, ['data_visualization'], CHARTS_IN_ONE_MESSAGE, tell);
  focusedOnce(given, '/blocks', tell);

  const isMarkdown = (block: unknown): boolean => fieldsOf(block)?.['type'] === 'markdown';
  if (shownText(given.filter(isMarkdown)) > MARKDOWN_IN_ONE_MESSAGE)
    tell('/blocks', `must have less than ${MARKDOWN_IN_ONE_MESSAGE + 1} characters in all markdown blocks`);
  if (shownText(given.filter((block) => !isMarkdown(block))) > TEXT_IN_ONE_MESSAGE)
    problems.push({
      code: 'msg_blocks_too_long',
      pointer: '/blocks',
      message: `must have less than ${TEXT_IN_ONE_MESSAGE + 1} characters in all blocks`,
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
  also: (fields, at, tell) => {
    const blocks = Array.isArray(fields['blocks']) ? fields['blocks'] : [];
    const asks = blocks.some((block) => fieldsOf(block)?.['type'] === 'input');
    if (asks && fields['submit'] === undefined) tell(at, 'missing required field: submit');
    focusedOnce(blocks, `${at}/blocks`, tell);
  },
});

const home = object({
  fields: { ...view, type: oneOf('home'), blocks: homeBlocks },
  required: ['type', 'blocks'],
});

/** What Slack would refuse about a modal: nothing, or a list with a pointer to each fault. */
export function validateModal(given: unknown): Problem[] {
  return problemsWith(modal, given, '/view');
}

/** What Slack would refuse about an App Home: nothing, or a list with a pointer to each fault. */
export function validateHome(given: unknown): Problem[] {
  return problemsWith(home, given, '/view');
}

/** What Slack would refuse about the answer to a search in an external select. */
export function validateOptions(given: unknown): Problem[] {
  const fields = fieldsOf(given);
  if (fields?.['option_groups'] !== undefined)
    return problemsWith(optionGroups, fields['option_groups'], '/option_groups');
  // Nothing found is a good answer.
  if (Array.isArray(fields?.['options']) && fields['options'].length === 0) return [];
  return problemsWith(selectOptions, fields?.['options'], '/options');
}

/** The line that Slack answers for a problem. */
export function sayProblem({ message, pointer }: Problem): string {
  return `${message} [json-pointer:${pointer}]`;
}

function notebook(): { problems: Problem[]; tell: Tell } {
  const problems: Problem[] = [];
  const tell: Tell = (pointer, message) => {
    if (!problems.some((one) => one.pointer === pointer && one.message === message))
      problems.push({ code: 'invalid_blocks', pointer, message });
  };
  return { problems, tell };
}

function problemsWith(rule: Rule, given: unknown, at: string): Problem[] {
  const { problems, tell } = notebook();
  rule(given, at, tell);
  return problems;
}

function atMostOf(blocks: readonly unknown[], types: readonly string[], most: number, tell: Tell): void {
  const found = blocks.flatMap((block, index) =>
    types.includes(String(fieldsOf(block)?.['type'])) ? [index] : [],
  );
  for (const index of found.slice(most))
    tell(`/blocks/${index}`, `no more than ${most} blocks of type ${types.join(' or ')} allowed`);
}

/** Only one element may take the focus when a view or message opens. */
function focusedOnce(blocks: readonly unknown[], at: string, tell: Tell): void {
  const focused = blocks.flatMap((block, index) => {
    const { element, accessory, elements } = fieldsOf(block) ?? {};
    return [element, accessory, ...(Array.isArray(elements) ? elements : [])]
      .filter((one) => fieldsOf(one)?.['focus_on_load'] === true)
      .map(() => index);
  });
  for (const index of focused.slice(1))
    tell(`${at}/${index}`, 'focus_on_load may be set on one element only');
}
