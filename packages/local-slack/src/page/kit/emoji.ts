import { nameToEmoji } from 'gemoji';

/** Where Slack's name differs from the common one. */
const SLACK_NAMES: Readonly<Record<string, string>> = {
  beach_with_umbrella: '🏖️',
  black_square_for_stop: '⏹️',
  broken_chain: '⛓️‍💥',
  double_vertical_bar: '⏸️',
  face_with_monocle: '🧐',
  face_with_rolling_eyes: '🙄',
  frame_with_picture: '🖼️',
  hugging_face: '🤗',
  large_brown_circle: '🟤',
  large_green_circle: '🟢',
  large_green_square: '🟩',
  large_orange_circle: '🟠',
  large_orange_square: '🟧',
  large_purple_circle: '🟣',
  large_red_square: '🟥',
  large_yellow_circle: '🟡',
  large_yellow_square: '🟨',
  medal: '🎖️',
  octagonal_sign: '🛑',
  robot_face: '🤖',
  scales: '⚖️',
  shopping_trolley: '🛒',
  sleuth_or_spy: '🕵️',
  spiral_calendar_pad: '🗓️',
  spiral_note_pad: '🗒️',
  thinking_face: '🤔',
  umbrella_with_rain_drops: '☔',
  unicorn_face: '🦄',
};

/** Returns the character of an emoji's short name; undefined for an unknown name. */
export function findEmoji(name: string): string | undefined {
  // Object.hasOwn: "constructor" is not an emoji.
  if (Object.hasOwn(SLACK_NAMES, name)) return SLACK_NAMES[name];
  return Object.hasOwn(nameToEmoji, name) ? nameToEmoji[name] : undefined;
}

/** Returns a text with its `:shortcodes:` replaced; unknown ones stay. */
export function replaceShortcodes(text: string): string {
  return text.replace(
    /:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/g,
    (whole, name: string) => findEmoji(name) ?? whole,
  );
}
