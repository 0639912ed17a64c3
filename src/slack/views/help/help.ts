import { COMMAND, SUBCOMMANDS } from '../../command.ts';
import { context, header, joinMarkup, md, type RenderedMessage, section } from '../shared/blocks.ts';

/** What can be typed, and what the words mean. */
export function renderHelp(admin: boolean): RenderedMessage {
  const offered = SUBCOMMANDS.filter((one) => admin || !('adminsOnly' in one));
  const usage = (word: string, args: string) => [COMMAND, word, args].filter((part) => part !== '').join(' ');

  return {
    text: offered.map(({ word, args, description }) => `${usage(word, args)}: ${description}`).join('\n'),
    blocks: [
      header('What you can ask'),
      section(
        joinMarkup(
          [
            ...offered.map(({ word, args, description }) => md`\`${usage(word, args)}\`  ${description}`),
            md`\`${COMMAND} payments-prod\`  one account, by its id, name or a part of its name`,
          ],
          '\n',
        ),
      ),
      context(
        md`*Level 1* asks for any MFA on the root user, *Level 2* for hardware: a security key or a token with a display. An account whose root user has no credentials has nothing to protect. What could not be read is *not known*: never a pass, never a fail.`,
      ),
      context(md`Answers are visible to you alone.`),
    ],
  };
}
