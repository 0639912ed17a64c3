import { COMMAND, SUBCOMMANDS } from '../../command.ts';
import { context, type Drawn, header, joined, md, section } from '../shared/blocks.ts';

/** What can be typed, and what the words mean. */
export function drawHelp(admin: boolean): Drawn {
  const offered = SUBCOMMANDS.filter((one) => admin || !('adminsOnly' in one));
  const usage = (word: string, takes: string) =>
    [COMMAND, word, takes].filter((part) => part !== '').join(' ');

  return {
    text: offered.map(({ word, takes, does }) => `${usage(word, takes)}: ${does}`).join('\n'),
    blocks: [
      header('What you can ask'),
      section(
        joined(
          [
            ...offered.map(({ word, takes, does }) => md`\`${usage(word, takes)}\`  ${does}`),
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
