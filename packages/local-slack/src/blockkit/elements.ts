import { richText } from './rich-text.ts';
import {
  boolean,
  byType,
  fieldsOf,
  integer,
  list,
  matching,
  type ObjectShape,
  object,
  oneOf,
  type ReportProblem,
  type Rule,
  string,
  unique,
} from './rules.ts';
import { anyText, plainText } from './text.ts';

const day = matching(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'YYYY-MM-DD');
const clockTime = matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'HH:mm');
const webAddress: Rule = (value, pointer, report) => {
  if (typeof value !== 'string' || !/^(https?|mailto|slack):\S+$/i.test(value))
    return report(pointer, 'invalid url');
  if (value.length > 3000) report(pointer, 'must be less than 3001 characters');
};

const confirm = object({
  fields: {
    title: plainText(100),
    text: anyText(300),
    confirm: plainText(30),
    deny: plainText(30),
    style: oneOf('primary', 'danger'),
  },
  required: ['text'],
});

const actionable = { action_id: string(255) };
const confirmable = { ...actionable, confirm };
const focusable = { ...confirmable, focus_on_load: boolean };
const singleChoice = { ...focusable, placeholder: plainText(150) };
const multipleChoice = { ...singleChoice, max_selected_items: integer(1, 1_000_000) };
const textEntry = {
  ...actionable,
  focus_on_load: boolean,
  placeholder: plainText(150),
  dispatch_action_config: object({
    fields: { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2) },
  }),
};

function option(text: Rule, extra: { readonly [field: string]: Rule } = {}): Rule {
  return object({
    fields: { text, value: string(150), description: plainText(75), ...extra },
    required: ['text', 'value'],
  });
}

const selectOption = option(plainText(75));
const boxOption = object({
  fields: { text: anyText(75), value: string(150), description: anyText(75) },
  required: ['text', 'value'],
});

/** Rule: the groups of a select's options. */
export const optionGroups = list(
  object({
    fields: { label: plainText(75), options: list(selectOption, 100) },
    required: ['label', 'options'],
  }),
  100,
);

/** Rule: the options of a select. */
export const selectOptions = list(selectOption, 100);

const optionSource = { options: selectOptions, option_groups: optionGroups };

function requireOptionsOrGroups(
  fields: { readonly [field: string]: unknown },
  pointer: string,
  report: ReportProblem,
): void {
  const given = ['options', 'option_groups'].filter((field) => fields[field] !== undefined);
  if (given.length === 0) report(pointer, 'missing required field: options');
  if (given.length === 2) report(pointer, 'only one of options, option_groups may be present');
  requireInitialAmongOptions(fields, pointer, report);
}

/** An initial option must equal one of the options; Slack compares the whole object. */
function requireInitialAmongOptions(
  fields: { readonly [field: string]: unknown },
  pointer: string,
  report: ReportProblem,
): void {
  const groups = Array.isArray(fields['option_groups'])
    ? fields['option_groups']
    : [{ options: fields['options'] }];
  const offered = groups.flatMap((group) => {
    const options = fieldsOf(group)?.['options'];
    return Array.isArray(options) ? options.map((item) => fieldsOf(item)) : [];
  });
  unique(
    offered.map((item, index) => ({ key: item?.['value'], at: `${pointer}/options/${index}/value` })),
    'option value',
    report,
  );
  const isOffered = (initial: unknown): boolean =>
    offered.some((item) => item && JSON.stringify(item) === JSON.stringify(initial));
  const { initial_option: initial, initial_options: initials } = fields;
  if (initial !== undefined && !isOffered(initial))
    report(`${pointer}/initial_option`, 'must be one of the provided options');
  if (!Array.isArray(initials)) return;
  initials.forEach((item, index) => {
    if (!isOffered(item))
      report(`${pointer}/initial_options/${index}`, 'must be one of the provided options');
  });
}

const conversationFilter = object({
  fields: {
    include: list(oneOf('im', 'mpim', 'private', 'public'), 4),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
});
const ids = list(string(255), 1000);
const conversations = { default_to_current_conversation: boolean, filter: conversationFilter };

const selects = {
  static_select: {
    fields: { ...singleChoice, ...optionSource, initial_option: selectOption },
    extraRule: requireOptionsOrGroups,
  },
  external_select: {
    fields: { ...singleChoice, initial_option: selectOption, min_query_length: integer(0, 1_000_000) },
  },
  users_select: { fields: { ...singleChoice, initial_user: string(255) } },
  channels_select: {
    fields: { ...singleChoice, initial_channel: string(255), response_url_enabled: boolean },
  },
  conversations_select: {
    fields: {
      ...singleChoice,
      ...conversations,
      initial_conversation: string(255),
      response_url_enabled: boolean,
    },
  },
  multi_static_select: {
    fields: { ...multipleChoice, ...optionSource, initial_options: selectOptions },
    extraRule: requireOptionsOrGroups,
  },
  multi_external_select: {
    fields: { ...multipleChoice, initial_options: selectOptions, min_query_length: integer(0, 1_000_000) },
  },
  multi_users_select: { fields: { ...multipleChoice, initial_users: ids } },
  multi_channels_select: { fields: { ...multipleChoice, initial_channels: ids } },
  multi_conversations_select: {
    fields: { ...multipleChoice, ...conversations, initial_conversations: ids },
  },
} satisfies { readonly [type: string]: ObjectShape };

const button: ObjectShape = {
  fields: {
    ...confirmable,
    text: plainText(75),
    value: string(2000),
    url: webAddress,
    style: oneOf('primary', 'danger'),
    accessibility_label: string(75),
  },
  required: ['text'],
};

const overflow: ObjectShape = {
  fields: { ...confirmable, options: list(option(plainText(75), { url: webAddress }), 5) },
  required: ['options'],
  extraRule: requireInitialAmongOptions,
};

const checkboxes: ObjectShape = {
  fields: { ...focusable, options: list(boxOption, 10), initial_options: list(boxOption, 10) },
  required: ['options'],
  extraRule: requireInitialAmongOptions,
};

const radioButtons: ObjectShape = {
  fields: { ...focusable, options: list(boxOption, 10), initial_option: boxOption },
  required: ['options'],
  extraRule: requireInitialAmongOptions,
};

const datepicker: ObjectShape = { fields: { ...singleChoice, initial_date: day } };
const timepicker: ObjectShape = {
  fields: { ...singleChoice, initial_time: clockTime, timezone: string(255) },
};
const datetimepicker: ObjectShape = {
  fields: { ...focusable, initial_date_time: integer(1_000_000_000, 9_999_999_999) },
};

const decimal = matching(/^-?\d+(\.\d+)?$/, 'a number in a string');

const inputs = {
  plain_text_input: {
    fields: {
      ...textEntry,
      initial_value: string(3000, 0),
      multiline: boolean,
      min_length: integer(0, 3000),
      max_length: integer(1, 3000),
    },
  },
  email_text_input: { fields: { ...textEntry, initial_value: string(3000, 0) } },
  url_text_input: { fields: { ...textEntry, initial_value: string(3000, 0) } },
  number_input: {
    fields: {
      ...textEntry,
      is_decimal_allowed: boolean,
      initial_value: decimal,
      min_value: decimal,
      max_value: decimal,
    },
    required: ['is_decimal_allowed'],
  },
} satisfies { readonly [type: string]: ObjectShape };

const imageSource = {
  image_url: webAddress,
  slack_file: object({
    fields: { id: string(255), url: string(3000) },
    extraRule: (fields, pointer, report) => {
      if ((fields['id'] === undefined) === (fields['url'] === undefined))
        report(pointer, 'exactly one of id, url must be present');
    },
  }),
};

function requireUrlOrFile(
  fields: { readonly [field: string]: unknown },
  pointer: string,
  report: ReportProblem,
): void {
  if (fields['image_url'] === undefined && fields['slack_file'] === undefined)
    report(pointer, 'missing required field: image_url');
  if (fields['image_url'] !== undefined && fields['slack_file'] !== undefined)
    report(pointer, 'only one of image_url, slack_file may be present');
}

const imageElement: ObjectShape = {
  fields: { ...imageSource, alt_text: string(2000) },
  required: ['alt_text'],
  extraRule: requireUrlOrFile,
};

/** The shape of an `image` block. */
export const imageBlock: ObjectShape = {
  fields: { ...imageSource, alt_text: string(2000), title: plainText(2000) },
  required: ['alt_text'],
  extraRule: requireUrlOrFile,
};

/** Rule: the elements allowed as a section's accessory. */
export const accessory: Rule = byType({
  button,
  checkboxes,
  datepicker,
  image: imageElement,
  overflow,
  radio_buttons: radioButtons,
  timepicker,
  ...selects,
});

/** Rule: the elements allowed in an actions block. */
export const actionElement: Rule = byType({
  button,
  checkboxes,
  datepicker,
  datetimepicker,
  overflow,
  radio_buttons: radioButtons,
  timepicker,
  ...selects,
});

/** Rule: what an input block may hold. */
export const inputElement: Rule = byType({
  checkboxes,
  datepicker,
  datetimepicker,
  radio_buttons: radioButtons,
  timepicker,
  ...selects,
  ...inputs,
  rich_text_input: { fields: { ...textEntry, initial_value: byType({ rich_text: richText }) } },
  file_input: {
    fields: { ...actionable, filetypes: list(string(255), 100), max_files: integer(1, 10) },
  },
});

/** Rule: what a context block may hold. */
export const contextElement: Rule = byType({
  image: imageElement,
  plain_text: { fields: { text: string(3000), emoji: boolean }, required: ['text'] },
  mrkdwn: { fields: { text: string(3000), verbatim: boolean }, required: ['text'] },
});

const feedback = object({
  fields: { text: plainText(75), value: string(2000), accessibility_label: string(75) },
  required: ['text', 'value'],
});

/** Rule: what a context_actions block may hold. */
export const contextActionElement: Rule = byType({
  feedback_buttons: {
    fields: { ...actionable, positive_button: feedback, negative_button: feedback },
    required: ['positive_button', 'negative_button'],
  },
  icon_button: {
    fields: {
      ...confirmable,
      icon: oneOf('trash'),
      text: plainText(75),
      value: string(2000),
      accessibility_label: string(75),
      visible_to_user_ids: ids,
    },
    required: ['icon', 'text'],
  },
});
