import type { Log } from '../../usecases/shared/context.ts';
import type { Authorizer, Caller, ClaimedIdentity } from '../authorizer.ts';
import type { ChannelPolicy } from '../channel-policy.ts';
import { type DenialReason, denialText } from '../denial.ts';
import type { Responder } from '../interaction.ts';
import { currentRequestId } from '../request-context.ts';
import { md } from '../views/shared/blocks.ts';
import { markupMessage, message } from '../views/shared/message.ts';

/** An interaction before it is authorized. */
export interface GuardedRequest {
  readonly claim: ClaimedIdentity;
  /** The conversation that the answer may be shown in. */
  readonly channelId?: string | undefined;
  /** What the log says about the interaction. */
  readonly logFields: object;
  readonly reply: Responder['reply'];
}

/** Authorizes a person and runs a task for them. Never throws: denials and failures are replied, and logged. */
export type GuardedHandler = (
  request: GuardedRequest,
  task: (caller: Caller) => Promise<void>,
) => Promise<void>;

export interface GuardOptions {
  readonly authorizer: Authorizer;
  readonly channelPolicy: Pick<ChannelPolicy, 'denialReason'>;
  readonly log: Log;
}

/** Creates the one handler that every kind of interaction goes through. */
export function createGuardedHandler(options: GuardOptions): GuardedHandler {
  const { log } = options;
  return async ({ claim, channelId, logFields, reply }, task) => {
    const fields = { ...logFields, user: claim.userId };
    try {
      const access = await authorize(options, claim, channelId);
      if (typeof access === 'string') {
        log.warn({ ...fields, team: claim.teamId, reason: access }, 'Access denied');
        await reply(message(denialText(access)));
      } else {
        await task(access);
      }
    } catch (error) {
      log.error({ ...fields, err: error }, 'Interaction failed');
      await reply(failureMessage()).catch((replyError: unknown) =>
        log.error({ ...fields, err: replyError }, 'Could not report the failure'),
      );
    }
  };
}

async function authorize(
  { authorizer, channelPolicy }: GuardOptions,
  claim: ClaimedIdentity,
  channelId: string | undefined,
): Promise<Caller | DenialReason> {
  const [access, channelReason] = await Promise.all([
    authorizer.authorize(claim),
    channelId === undefined ? undefined : channelPolicy.denialReason(channelId),
  ]);
  if (access.kind === 'refused') return access.reason;
  return channelReason ?? access.caller;
}

/** The cause is in the log, under the request's id. What was asked may have been done: perhaps only the reply failed. */
function failureMessage() {
  return markupMessage(
    md`Something went wrong. Your change may not have been saved: check before you try again. If it keeps happening, give your bot admin this ID: \`${currentRequestId() ?? 'unknown'}\`.`,
  );
}
