import {
  boolean,
  byType,
  integer,
  list,
  number,
  type ObjectShape,
  object,
  oneOf,
  type Rule,
  string,
} from './rules.ts';

const style = object({
  fields: { bold: boolean, code: boolean, italic: boolean, strike: boolean, underline: boolean },
});

const text: ObjectShape = { fields: { text: string(10_000), style }, required: ['text'] };
const link: ObjectShape = {
  fields: { url: string(3000), text: string(10_000), unsafe: boolean, style },
  required: ['url'],
};

const inline: Rule = byType({
  text,
  link,
  emoji: {
    fields: { name: string(255), unicode: string(255), url: string(3000), style },
    required: ['name'],
  },
  user: { fields: { user_id: string(255), style }, required: ['user_id'] },
  usergroup: { fields: { usergroup_id: string(255), style }, required: ['usergroup_id'] },
  channel: { fields: { channel_id: string(255), style }, required: ['channel_id'] },
  team: { fields: { team_id: string(255), style }, required: ['team_id'] },
  broadcast: { fields: { range: oneOf('here', 'channel', 'everyone'), style }, required: ['range'] },
  color: { fields: { value: string(255), style }, required: ['value'] },
  date: {
    fields: {
      timestamp: number,
      format: string(255),
      url: string(3000),
      fallback: string(3000),
      style,
    },
    required: ['timestamp', 'format'],
  },
});

const border = oneOf(0, 1);
const section: ObjectShape = { fields: { elements: list(inline, 1000, 0) }, required: ['elements'] };

/** The shape of a `rich_text` block, which is also allowed in a table cell. */
export const richText: ObjectShape = {
  fields: {
    elements: list(
      byType({
        rich_text_section: section,
        rich_text_list: {
          fields: {
            elements: list(byType({ rich_text_section: section }), 1000),
            style: oneOf('bullet', 'ordered'),
            indent: integer(0, 8),
            offset: integer(0, 1_000_000),
            border,
          },
          required: ['elements', 'style'],
        },
        rich_text_quote: { fields: { elements: list(inline, 1000, 0), border }, required: ['elements'] },
        rich_text_preformatted: {
          fields: { elements: list(byType({ text, link }), 1000, 0), border, language: string(255) },
          required: ['elements'],
        },
      }),
      1000,
    ),
  },
  required: ['elements'],
};
