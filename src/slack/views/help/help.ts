import { COMMAND, SUBCOMMANDS } from '../../command.ts';
import { context, header, joinMarkup, md, type RenderedMessage, section } from '../shared/blocks.ts';

/** Renders the commands and the terms they use. */
export function renderHelp(admin: boolean): RenderedMessage {
  const offered = SUBCOMMANDS.filter((one) => admin || !('adminsOnly' in one));
  const usage = (word: string, args: string) => [COMMAND, word, args].filter((part) => part !== '').join(' ');

  return {
    text: offered.map(({ word, args, description }) => `${usage(word, args)}: ${description}`).join('\n'),
    blocks: [
      header('Commands'),
      section(
        joinMarkup(
          [
            ...offered.map(({ word, args, description }) => md`\`${usage(word, args)}\`  ${description}`),
            md`\`${COMMAND} payments-prod\`  one account, by ID, name or part of the name`,
          ],
          '\n',
        ),
      ),
      context(
        md`*Level 1* requires any MFA on the root user. *Level 2* requires hardware MFA: a security key or a hardware token. Neither applies to an account whose root user has no credentials. *Unknown* means that I could not check: it counts neither as a pass nor as a fail.`,
      ),
      context(md`Only you can see my answers.`),
    ],
  };
}
