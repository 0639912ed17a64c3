import type { CommandContext } from '../interaction.ts';
import { createCommandResponder } from '../interaction.ts';
import type { RouteContext } from './route.ts';

export type CommandHandler = (interaction: CommandContext) => Promise<void>;

/** Longer text names nothing, and is cut before anything compares it with thousands of names. */
const MAX_COMMAND_LENGTH = 200;

/** Registers a slash command. */
export function addCommandRoute(context: RouteContext, name: string, handler: CommandHandler): void {
  const { app, handle, log } = context;
  app.command(name, async ({ ack, command, client }) => {
    await ack();
    const { user_id: userId, team_id: teamId, channel_id: channelId } = command;
    const responder = createCommandResponder(command.response_url, command.trigger_id, client, log);
    const request = {
      claim: { userId, teamId },
      channelId,
      logFields: { command: name },
      reply: responder.reply,
    };
    const text = command.text.slice(0, MAX_COMMAND_LENGTH);
    await handle(request, (caller) => handler({ ...responder, caller, client, log, text }));
  });
}
