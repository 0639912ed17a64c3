import type { Database } from '../../store/database.ts';
import { DatabaseError } from '../../store/database.ts';
import {
  type ClaimedLetter,
  type Letter,
  markDead,
  markFailed,
  markSent,
  markUncertain,
  type Recipient,
  type SentMessage,
} from '../../store/outbox.ts';
import type { Log } from '../../usecases/shared/context.ts';
import { type Failure, failureOf } from './delivery-failure.ts';
import type { Drawing, Mouth, Place } from './sender.ts';

/** How an attempt ended. `kept`: the edit can never be made, and the message stays as it was sent. */
export type Outcome = 'sent' | 'edited' | 'found' | 'failed' | 'uncertain' | 'dead' | 'kept' | 'lost';

export interface AttemptOptions {
  readonly db: Database;
  readonly mouth: Mouth;
  readonly draw: (letter: Letter) => Drawing;
  readonly refuse: (reader: Recipient) => Promise<string | undefined>;
  readonly now: () => Date;
  readonly log: Log;
  readonly instance: string;
  readonly random: () => number;
}

export interface Attempts {
  /** One attempt to deliver a claimed letter, and what became of it. Throws only if that cannot be written down. */
  carry(letter: ClaimedLetter, signal?: AbortSignal): Promise<Outcome>;
  /** For how long no letter can be delivered, because it needs whoever runs the bot. */
  closedFor(): number;
}

/** Long enough for a letter's turn in the pace, and for calls that each time out. */
export const LEASE_MS = 120_000;

/** No message is begun when so little is left of the lease: another instance may take over in the middle. */
const LEASE_RESERVE_MS = 45_000;

const FIRST_BACKOFF_MS = 5_000;
const LONGEST_BACKOFF_MS = 15 * 60_000;

/** A call that got no answer may still be at work in Slack; looking too early would find nothing, and say it twice. */
const DOUBT_MS = 30_000;

/** Refusals that nobody knows are believed after that many attempts: some hours. */
const REFUSALS_BELIEVED = 20;

const LONGEST_PLAIN_TEXT = 4_000;

/** Attempts to deliver: one call after the other until the letter is there, or somebody must wait or give up. */
export function attemptsOf({
  db,
  mouth,
  draw,
  refuse,
  now,
  log,
  instance,
  random,
}: AttemptOptions): Attempts {
  let closed: { readonly until: Date; readonly times: number } | undefined;

  const after = (milliseconds: number) => new Date(now().getTime() + milliseconds);

  /** Doubles with every attempt; the jitter keeps letters that failed together apart. */
  const backoff = (attempts: number) =>
    Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.max(0, attempts - 1)) * (0.5 + random() / 2);

  const about = (letter: Letter) => ({ letter: letter.key, to: letter.to.id, attempt: letter.attempts });

  async function bury(letter: Letter, error: string): Promise<Outcome> {
    if (!(await markDead(db, letter.id, instance, error))) return lost(letter);
    if (letter.message) {
      log.warn({ ...about(letter), error }, 'A message stays as it was sent');
      return 'kept';
    }
    log.error({ ...about(letter), error }, 'A letter cannot be delivered');
    return 'dead';
  }

  function lost(letter: Letter): Outcome {
    log.warn(about(letter), 'A letter took so long that another instance took it over');
    return 'lost';
  }

  /** Gives the letter back for another attempt. In doubt, that one looks first. */
  async function giveBack(letter: Letter, error: string, wait: number, doubt: boolean): Promise<Outcome> {
    const mark = doubt ? markUncertain : markFailed;
    const held = await mark(db, letter.id, instance, { error, nextAttemptAt: after(wait) });
    if (!held) return lost(letter);
    return doubt ? 'uncertain' : 'failed';
  }

  async function arrived(letter: Letter, message: SentMessage, revision: number): Promise<boolean> {
    closed = undefined;
    return markSent(db, letter.id, instance, { message, revision, at: now() });
  }

  /** What to do after a failure. `doubt`: the letter may have arrived, now or earlier. */
  async function settle(letter: ClaimedLetter, failure: Failure, doubt: boolean): Promise<Outcome> {
    const { error } = failure;
    const retry = (wait: number) => giveBack(letter, error, wait, doubt);
    const told = { ...about(letter), error };
    switch (failure.kind) {
      case 'stopped':
        return retry(0);
      case 'later':
        return retry(failure.until.getTime() - now().getTime());
      case 'too-fast':
        log.warn(told, 'Slack finds us too fast');
        return retry(failure.retryAfterMs);
      case 'hopeless':
        return bury(letter, doubt ? `${error}. An earlier attempt may have arrived` : error);
      case 'operator': {
        if (failure.all) close();
        log.error(told, 'Letters wait for somebody who runs the bot');
        return retry(Math.max(backoff(letter.attempts), failure.all ? closedFor() : 0));
      }
      case 'inactive':
        // The SDK's caller cannot tell; a call that is about nobody can.
        return settle(letter, await whoIsInactive(failure), doubt);
      case 'layout':
      case 'no-thread':
      case 'refused':
        if (letter.attempts >= REFUSALS_BELIEVED) return bury(letter, error);
        log.warn(told, 'Slack refused a letter');
        return retry(backoff(letter.attempts));
      case 'not-sent':
        log.warn(told, 'A letter could not be sent yet');
        return retry(backoff(letter.attempts));
      case 'unknown':
        log.warn(told, doubt ? 'Nobody knows whether a letter arrived' : 'A letter could not be sent yet');
        return retry(doubt ? Math.max(DOUBT_MS, backoff(letter.attempts)) : backoff(letter.attempts));
    }
  }

  async function whoIsInactive(failure: Failure): Promise<Failure> {
    try {
      await mouth.isKnown();
      return { kind: 'hopeless', error: failure.error, code: 'account_inactive' };
    } catch (error) {
      const ours = failureOf(error);
      if (ours.kind !== 'inactive') return ours;
      const advice = 'The app was taken out of the workspace: install it again and set SLACK_BOT_TOKEN anew';
      return { kind: 'operator', error: `${advice} (account_inactive)`, all: true };
    }
  }

  function close(): void {
    // Letters on their way at once fail at once; that is one time.
    if (closed && closed.until > now()) return;
    const times = (closed?.times ?? 0) + 1;
    closed = { times, until: after(Math.min(LONGEST_BACKOFF_MS, 30_000 * 2 ** times)) };
  }

  const closedFor = () => Math.max(0, (closed?.until.getTime() ?? 0) - now().getTime());

  /** Says it, and once more without the layout or the thread that Slack cannot take. */
  async function say(
    letter: ClaimedLetter,
    drawing: Drawing,
    where: Place,
    signal: AbortSignal | undefined,
  ): Promise<SentMessage> {
    try {
      return await mouth.say({ letter, drawing, where }, signal);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'layout') {
        log.error(
          { ...about(letter), ...failure },
          'Slack cannot read a layout: the letter goes as plain text',
        );
        return mouth.say({ letter, drawing: plainly(drawing), where }, signal);
      }
      if (failure.kind === 'no-thread' && where.threadTs !== undefined) {
        log.warn({ ...about(letter), error: failure.error }, 'A thread is gone: the letter stands by itself');
        return mouth.say({ letter, drawing, where: { ...where, threadTs: undefined } }, signal);
      }
      throw error;
    }
  }

  async function change(
    letter: ClaimedLetter,
    message: SentMessage,
    drawing: Drawing,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    try {
      await mouth.change(message, { letter, drawing }, signal);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== 'layout') throw error;
      log.error(
        { ...about(letter), ...failure },
        'Slack cannot read a layout: the message becomes plain text',
      );
      await mouth.change(message, { letter, drawing: plainly(drawing) }, signal);
    }
  }

  /** The message of an earlier attempt. It may stand by itself if its thread is gone. */
  async function find(letter: Letter, where: Place, signal: AbortSignal | undefined) {
    try {
      return await mouth.find(where, letter, signal);
    } catch (error) {
      if (failureOf(error).kind !== 'no-thread') throw error;
      return mouth.find({ ...where, threadTs: undefined }, letter, signal);
    }
  }

  async function edit(
    letter: ClaimedLetter,
    message: SentMessage,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    const refusal = await refuse(readerOf(letter, message.channel));
    if (refusal !== undefined) return bury(letter, refusal);
    await change(letter, message, draw(letter), signal);
    return (await arrived(letter, message, letter.revision)) ? 'edited' : lost(letter);
  }

  /** One attempt. */
  async function carry(letter: ClaimedLetter, signal: AbortSignal | undefined): Promise<Outcome> {
    const deadline = after(LEASE_MS - LEASE_RESERVE_MS);
    let doubt = letter.uncertain;
    let saying = false;
    try {
      if (letter.message) return await edit(letter, letter.message, signal);

      const channel = await mouth.place(letter, signal);
      const { threadMessage } = letter;
      const where = { channel, threadTs: threadMessage?.channel === channel ? threadMessage.ts : undefined };
      if (doubt) {
        const found = await find(letter, where, signal);
        if (found) {
          log.info(about(letter), 'A letter had arrived already');
          return (await arrived(letter, found, 0)) ? 'found' : lost(letter);
        }
        doubt = false;
      }

      const refusal = await refuse(readerOf(letter, channel));
      if (refusal !== undefined) return await bury(letter, refusal);
      const drawing = draw(letter);
      if (now() > deadline) return await giveBack(letter, 'It took too long to send', 0, doubt);
      saying = true;
      const message = await say(letter, drawing, where, signal);
      return (await arrived(letter, message, letter.revision)) ? 'sent' : lost(letter);
    } catch (error) {
      // What could not be written down comes back when the lease ends, in doubt.
      if (error instanceof DatabaseError) throw error;
      const failure = failureOf(error);
      return settle(letter, failure, doubt || (saying && failure.kind === 'unknown'));
    }
  }

  return { carry, closedFor };
}

/** Who reads it in that conversation. */
function readerOf({ to }: Letter, channel: string): Recipient {
  return to.kind === 'channel' ? { kind: 'channel', id: channel } : to;
}

function plainly({ text }: Drawing): Drawing {
  const letters = [...text];
  const short =
    letters.length > LONGEST_PLAIN_TEXT ? `${letters.slice(0, LONGEST_PLAIN_TEXT - 1).join('')}…` : text;
  return { text: short, blocks: [] };
}
