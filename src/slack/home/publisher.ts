import { createHash } from 'node:crypto';
import type { WebClient } from '@slack/web-api';
import { serialize, withDeadline } from '../../concurrency.ts';
import type { Config } from '../../config/config.ts';
import type { SlackUserId } from '../../domain/person.ts';
import { isOpen } from '../../domain/token-request.ts';
import { cacheOwnersOverview } from '../../usecases/home/cache-owners-overview.ts';
import { type OwnersOverview, readAdminTasks } from '../../usecases/home/read-admin-tasks.ts';
import { readKeySummary } from '../../usecases/keys/read-key-register.ts';
import { firstStepTextFor } from '../../usecases/reminders/build-reminder-notifications.ts';
import { readOwnReminders } from '../../usecases/reminders/read-own-reminders.ts';
import type { Context } from '../../usecases/shared/context.ts';
import { readAccounts, readAccountsOfOwner, readCompanyStatus } from '../../usecases/shared/read-accounts.ts';
import { readLastScan } from '../../usecases/status/read-last-scan.ts';
import { ownTargets, readTargets } from '../../usecases/targets/read-targets.ts';
import { readOwnTokenRequests } from '../../usecases/tokens/read-token-requests.ts';
import type { Authorizer, Caller } from '../authorizer.ts';
import { denialText } from '../denial.ts';
import type { UserDirectory } from '../user-directory.ts';
import type { CompanyHomeData } from '../views/home/company-section.ts';
import { type HomeProps, renderHome, renderHomeMessage } from '../views/home/home.ts';
import { MAX_FIRST_STEPS, type OwnHomeData } from '../views/home/own-section.ts';
import type { AppHome, RenderedMessage } from '../views/shared/blocks.ts';
import { message } from '../views/shared/message.ts';
import { actsAsOwner, seesAll } from '../visibility.ts';
import { createHomeRefreshQueue } from './refresh-queue.ts';

/** Publishes the app's Home, one for each person who opens it. */
export interface HomePublisher {
  /** Publishes a person's Home and keeps it up to date from then on. */
  show(caller: Caller): Promise<void>;
  /** Publishes this text instead. */
  showMessage(userId: string, content: RenderedMessage): Promise<void>;
  /** Something on this person's Home has changed; without a person, on anyone's. */
  invalidate(person?: SlackUserId): void;
  stop(): Promise<void>;
}

/** What rendering a Home needs. */
export interface HomeDependencies {
  readonly ctx: Context;
  readonly config: Config;
  readonly authorizer: Authorizer;
  readonly people: UserDirectory;
}

/** How long a Home waits for Slack user lookups; then it is published without them, and updated later. */
const OWNERS_TIMEOUT_MS = 2_000;
/** How many people's last published Home is kept, so that the same is not sent twice. */
const MAX_REMEMBERED = 200;

/** Creates the publisher of Homes. */
export function createHomePublisher(deps: HomeDependencies, client: WebClient): HomePublisher {
  const { ctx, authorizer, people } = deps;
  const owners = cacheOwnersOverview(ctx);
  const publishedFingerprints = new Map<string, string>();
  const serializeByPerson = serialize();

  const publish = async (userId: string, home: AppHome): Promise<void> => {
    publishedFingerprints.delete(userId);
    await client.views.publish({ user_id: userId, view: home as never });
    publishedFingerprints.set(userId, fingerprint(home));
    const [oldest] = publishedFingerprints.keys();
    if (publishedFingerprints.size > MAX_REMEMBERED && oldest !== undefined)
      publishedFingerprints.delete(oldest);
  };

  const render = async (caller: Caller): Promise<AppHome> => {
    if (!caller.admin) return renderHome(await readHome(deps, caller, null));
    const pendingOwners = owners().catch((error: unknown) => {
      ctx.log.warn({ err: error }, 'Owners could not be looked up');
      return null;
    });
    const ownersInTime = await withDeadline(pendingOwners, OWNERS_TIMEOUT_MS);
    if (ownersInTime === null) void pendingOwners.then((late) => late && queue.invalidate(caller.id));
    return renderHome(await readHome(deps, caller, ownersInTime));
  };

  const queue = createHomeRefreshQueue({
    log: ctx.log,
    refresh: (id) =>
      serializeByPerson(id, async () => {
        // Authorize on every refresh, as the router does on every interaction.
        const person = await people.byId(id);
        const access = await authorizer.authorize({ userId: id, teamId: person?.teamId ?? undefined });
        if (access.kind === 'refused') {
          queue.remove(id);
          await publish(id, renderHomeMessage(message(denialText(access.reason))));
          return true;
        }
        const home = await render(access.caller);
        if (publishedFingerprints.get(id) === fingerprint(home)) return false;
        await publish(id, home);
        return true;
      }),
  });

  return {
    async show(caller) {
      queue.markOpened(caller.id);
      await serializeByPerson(caller.id, async () => publish(caller.id, await render(caller)));
    },
    showMessage: (userId, content) =>
      serializeByPerson(userId, () => publish(userId, renderHomeMessage(content))),
    invalidate: queue.invalidate,
    stop: queue.stop,
  };
}

/** Returns everything that a Home shows. */
async function readHome(
  { ctx, config }: HomeDependencies,
  caller: Caller,
  owners: OwnersOverview | null,
): Promise<HomeProps> {
  const own = await readOwn(ctx, caller);
  const company = caller.admin ? await readCompanyHome(ctx, owners) : null;
  return {
    viewer: { id: caller.id, admin: caller.admin },
    seesAll: seesAll(caller, config),
    own,
    company,
    lastScan: company ? company.status.lastScan : await readLastScan(ctx),
    config,
    now: ctx.now(),
  };
}

async function readOwn(ctx: Context, caller: Caller): Promise<OwnHomeData> {
  const { id, email } = caller;
  const [accounts, requests, decisions, reminders] = await Promise.all([
    readAccountsOfOwner(ctx, (owner) => actsAsOwner(caller, owner)),
    readOwnTokenRequests(ctx, id),
    ctx.decisions.current(),
    readOwnReminders(ctx, { id, email }),
  ]);
  const worst = accounts.filter(({ compliance }) => compliance === 'noncompliant').slice(0, MAX_FIRST_STEPS);
  return {
    accounts,
    firstSteps: new Map(
      worst.map((view) => [
        view.account.id,
        firstStepTextFor(view, { config: ctx.config, decisions }, ctx.now()),
      ]),
    ),
    targets: ownTargets(ctx, accounts),
    requests: requests.filter(({ request }) => isOpen(request)).map(({ summary }) => summary),
    reminders,
    // Admins have the keys of the whole company above.
    ...(!caller.admin && {
      keys: await readKeySummary(
        ctx,
        accounts.map(({ account }) => account),
      ),
    }),
  };
}

async function readCompanyHome(ctx: Context, owners: OwnersOverview | null): Promise<CompanyHomeData> {
  const [status, adminTasks, { progress }, views] = await Promise.all([
    readCompanyStatus(ctx),
    readAdminTasks(ctx),
    readTargets(ctx),
    readAccounts(ctx),
  ]);
  const keys = await readKeySummary(
    ctx,
    views.map(({ account }) => account),
  );
  return { status, adminTasks, targets: progress, owners, keys };
}

function fingerprint(home: AppHome): string {
  return createHash('sha256').update(JSON.stringify(home)).digest('base64');
}
