import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebClient } from '@slack/web-api';
import type { Coverage } from '../../domain/coverage.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { isOpen } from '../../domain/token-request.ts';
import { revision } from '../../store/account-cache.ts';
import { lastScan } from '../../store/scans.ts';
import type { Context } from '../../usecases/shared/context.ts';
import { type OwnersDesk, readAdminDesk, readOwnersDesk } from '../../usecases/home/read-admin-tasks.ts';
import { readOwnReminders } from '../../usecases/reminders/read-own-reminders.ts';
import { readCompany, readOwned } from '../../usecases/shared/read-accounts.ts';
import { readOwnRequests } from '../../usecases/tokens/read-token-requests.ts';
import { firstStepFor } from '../../usecases/reminders/build-reminder-notifications.ts';
import { type Caller, refusalWords } from '../authorizer.ts';
import type { Bot } from '../dependencies.ts';
import { keepHomesFresh } from './refresh-queue.ts';
import type { Drawn, Home } from '../views/shared/blocks.ts';
import { drawHome, drawHomeNote, type HomePage } from '../views/home/home.ts';
import type { CompanyHome } from '../views/home/company-section.ts';
import { FIRST_STEPS, type OwnHome } from '../views/home/own-section.ts';
import { message } from '../views/shared/message.ts';
import { answersAs, seesAll } from '../visibility.ts';

/** The Homes of the app, one for each person who opens it. */
export interface Homes {
  /** Shows somebody their Home, which follows what changes from then on. */
  show(caller: Caller): Promise<void>;
  /** Shows these words in its place. */
  tell(userId: string, words: Drawn): Promise<void>;
  /** Something that this person may see there has changed; without one, that anybody may see. */
  changed(person?: SlackUserId): void;
  stop(): Promise<void>;
}

type Needs = Pick<Bot, 'ctx' | 'config' | 'gate' | 'people'>;

/** So long a Home waits for people to be asked for; then it is shown without what they tell, and follows. */
const OWNERS_WAIT_MS = 2_000;
const OWNERS_MAX_AGE_MS = 5 * 60_000;
/** Of so many people it is remembered what they see, so that the same is not sent twice. */
const REMEMBERED = 200;

/** Opens the Homes. */
export function openHomes(bot: Needs, client: WebClient): Homes {
  const { ctx, gate, people } = bot;
  const owners = keepOwners(ctx);
  const seen = new Map<string, string>();
  const inTurn = takingTurns();

  const publish = async (userId: string, home: Home): Promise<void> => {
    seen.delete(userId);
    await client.views.publish({ user_id: userId, view: home as never });
    seen.set(userId, fingerprint(home));
    const [oldest] = seen.keys();
    if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
  };

  const draw = async (caller: Caller): Promise<Home> => {
    if (!caller.admin) return drawHome(await readHome(bot, caller, null));
    const asked = owners().catch((error: unknown) => {
      ctx.log.warn({ err: error }, 'Owners could not be looked up');
      return null;
    });
    const known = await within(OWNERS_WAIT_MS, asked);
    if (known === null) void asked.then((late) => late && queue.changed(caller.id));
    return drawHome(await readHome(bot, caller, known));
  };

  const queue = keepHomesFresh({
    log: ctx.log,
    refresh: (id) =>
      inTurn(id, async () => {
        // Whether they may still see it is asked each time, like at the door.
        const person = await people.byId(id);
        const access = await gate.admit({ userId: id, teamId: person?.teamId ?? undefined });
        if (access.kind === 'refused') {
          queue.forget(id);
          await publish(id, drawHomeNote(message(refusalWords(access.because))));
          return true;
        }
        const home = await draw(access.caller);
        if (seen.get(id) === fingerprint(home)) return false;
        await publish(id, home);
        return true;
      }),
  });

  return {
    async show(caller) {
      queue.opened(caller.id);
      await inTurn(caller.id, async () => publish(caller.id, await draw(caller)));
    },
    tell: (userId, words) => inTurn(userId, () => publish(userId, drawHomeNote(words))),
    changed: queue.changed,
    stop: queue.stop,
  };
}

/** Everything that a Home tells its reader. */
async function readHome(
  { ctx, config }: Needs,
  caller: Caller,
  owners: OwnersDesk | null,
): Promise<HomePage> {
  const own = await readOwn(ctx, caller);
  const company = caller.admin ? await readCompanyHome(ctx, owners) : null;
  return {
    viewer: { id: caller.id, admin: caller.admin },
    seesAll: seesAll(caller, config),
    own,
    company,
    lastScan: company ? company.status.lastScan : await lastScan<Coverage>(ctx.db),
    config,
    now: ctx.now(),
  };
}

async function readOwn(ctx: Context, caller: Caller): Promise<OwnHome> {
  const { id, email } = caller;
  const [accounts, requests, decisions, reminders] = await Promise.all([
    readOwned(ctx, (who) => answersAs(caller, who)),
    readOwnRequests(ctx, id),
    ctx.decisions.current(),
    readOwnReminders(ctx, { id, email }),
  ]);
  const worst = accounts.filter(({ standing }) => standing === 'unmet').slice(0, FIRST_STEPS);
  return {
    accounts,
    firstSteps: new Map(
      worst.map((view) => [view.account.id, firstStepFor(view, ctx.config, decisions, ctx.now())]),
    ),
    requests: requests.filter(({ request }) => isOpen(request)).map(({ shown }) => shown),
    reminders,
  };
}

async function readCompanyHome(ctx: Context, owners: OwnersDesk | null): Promise<CompanyHome> {
  const [status, desk] = await Promise.all([readCompany(ctx), readAdminDesk(ctx)]);
  return { status, desk, owners };
}

/** The owners of the company as they were found last, until something changes or they grow old. */
function keepOwners(ctx: Context): () => Promise<OwnersDesk> {
  let known: { readonly revision: number; readonly at: number; readonly desk: OwnersDesk } | undefined;
  let reading: Promise<OwnersDesk> | undefined;
  const read = async () => {
    const now = await revision(ctx.db);
    if (known?.revision === now && performance.now() - known.at < OWNERS_MAX_AGE_MS) return known.desk;
    const desk = await readOwnersDesk(ctx);
    known = { revision: now, at: performance.now(), desk };
    return desk;
  };
  return () => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}

/** What is known in time, else `null`. */
async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T | null> {
  const waited = new AbortController();
  const late = pause(milliseconds, null, { signal: waited.signal }).catch(() => null);
  try {
    return await Promise.race([answer, late]);
  } finally {
    waited.abort();
  }
}

/** Works for one person one after the other: what is shown last is what was so last. */
function takingTurns(): <T>(person: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return (person, work) => {
    const mine = (last.get(person) ?? Promise.resolve()).then(work, work);
    last.set(person, mine);
    const done = () => {
      if (last.get(person) === mine) last.delete(person);
    };
    mine.then(done, done);
    return mine;
  };
}

function fingerprint(home: Home): string {
  return createHash('sha256').update(JSON.stringify(home)).digest('base64');
}
