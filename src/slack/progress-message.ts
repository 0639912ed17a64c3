import type { WebClient } from '@slack/web-api';
import type { Log } from '../usecases/shared/context.ts';
import type { RenderedMessage } from './views/shared/blocks.ts';

/** A direct message that is edited while something goes on. */
export interface ProgressMessage {
  /** Shows the latest, as often as Slack allows; what comes in between is left out. */
  show(content: RenderedMessage): void;
  /** Shows how it ended, and nothing after that. */
  finish(content: RenderedMessage): Promise<void>;
}

/** https://docs.slack.dev/apis/web-api/rate-limits: `chat.update` may be called about fifty times a minute. */
const MIN_EDIT_INTERVAL_MS = 1_500;

/** Sends the message, and gives the way to edit it. That an edit fails is logged, and stops nothing. */
export async function sendProgressMessage(
  client: WebClient,
  userId: string,
  first: RenderedMessage,
  log: Log,
): Promise<ProgressMessage> {
  const { channel } = await client.conversations.open({ users: userId });
  const channelId = channel?.id ?? '';
  const quiet = { unfurl_links: false, unfurl_media: false };
  const sent = await client.chat.postMessage({ channel: channelId, ...quiet, ...toMessageArguments(first) });
  const ts = sent.ts ?? '';

  let latest: RenderedMessage | undefined;
  let editing = false;
  let lastEdit = performance.now();

  const edit = async (content: RenderedMessage): Promise<void> => {
    try {
      await client.chat.update({ channel: channelId, ts, ...toMessageArguments(content) });
    } catch (error) {
      log.warn({ err: error }, 'Could not edit a progress message');
    }
  };

  return {
    show(content) {
      latest = content;
      if (editing || performance.now() - lastEdit < MIN_EDIT_INTERVAL_MS) return;
      editing = true;
      void edit(latest).finally(() => {
        editing = false;
        lastEdit = performance.now();
      });
    },
    finish: edit,
  };
}

function toMessageArguments({ text, blocks }: RenderedMessage): { text: string; blocks: never } {
  return { text, blocks: blocks as never };
}
