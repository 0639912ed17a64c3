import type { InputBlock, KnownBlock } from '@slack/types';
import type { BlockJson, UiValue, UiValues } from '../ui-contract.ts';

/** What Slack's own client says about the inputs of a modal before it sends anything: by `block_id`. */
export function validateInputs(
  blocks: readonly BlockJson[],
  values: UiValues,
): { readonly [blockId: string]: string } {
  const errors: Record<string, string> = {};
  for (const block of blocks as unknown as readonly KnownBlock[]) {
    if (block.type !== 'input' || !block.block_id) continue;
    const error = validateInput(block, values[block.block_id]?.[block.element.action_id ?? '']);
    if (error) errors[block.block_id] = error;
  }
  return errors;
}

function validateInput({ element, optional }: InputBlock, value: UiValue | undefined): string | undefined {
  if (!isFilled(value)) return optional ? undefined : 'Please complete this required field.';
  if (!value || !('value' in value) || value.value === null) return undefined;

  const text = value.value;
  const length = [...text].length;
  switch (element.type) {
    case 'plain_text_input':
      if (element.min_length !== undefined && length < element.min_length) {
        return `Must be at least ${element.min_length} characters.`;
      }
      if (element.max_length !== undefined && length > element.max_length) {
        return `Must be ${element.max_length} characters or fewer.`;
      }
      return undefined;
    case 'email_text_input':
      return /^\S+@\S+\.\S+$/.test(text) ? undefined : 'Must be a valid email address.';
    case 'url_text_input':
      return URL.canParse(text) ? undefined : 'Must be a valid URL.';
    case 'number_input': {
      const number = Number(text);
      if (Number.isNaN(number)) return 'Must be a number.';
      if (!element.is_decimal_allowed && !Number.isInteger(number)) return 'Must be a whole number.';
      if (element.min_value !== undefined && number < Number(element.min_value)) {
        return `Must be at least ${element.min_value}.`;
      }
      if (element.max_value !== undefined && number > Number(element.max_value)) {
        return `Must be at most ${element.max_value}.`;
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

function isFilled(value: UiValue | undefined): boolean {
  if (!value) return false;
  const { type: _, ...inputValue } = value;
  return Object.values(inputValue).some((one) =>
    Array.isArray(one) ? one.length > 0 : one !== null && one !== '',
  );
}
