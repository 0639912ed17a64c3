import { randomUUID } from 'node:crypto';
import { formatProblem, type Problem, validateHome, validateModal } from './blockkit.ts';
import type { Core } from './core.ts';
import { stateOf, withIds } from './interactive-elements.ts';
import { asJson, asText, type Json } from './json.ts';
import { SlackError } from './slack-error.ts';
import type { StoredView } from './workspace.ts';

const MAX_MODALS = 3;

/** The blocks of a view. */
export function blocksOf(view: StoredView): readonly Json[] {
  return view.content['blocks'] as readonly Json[];
}

/** Shows a person a modal, in place of those that are open. */
export function openModal(core: Core, userId: string, content: unknown): StoredView {
  const view = makeModal(core, userId, content, null);
  for (const old of core.workspace.modalsOf(userId)) core.inputState.delete(userId, old.id);
  core.workspace.setModals(userId, [view]);
  return view;
}

/** Puts a modal on top of the open ones; Slack stacks three at most. */
export function pushModal(core: Core, userId: string, content: unknown): StoredView {
  const stack = core.workspace.modalsOf(userId);
  const top = stack.at(-1);
  if (!top) throw new SlackError('view_not_found');
  if (stack.length >= MAX_MODALS) throw new SlackError('push_limit_reached');
  const view = makeModal(core, userId, content, top);
  core.workspace.setModals(userId, [...stack, view]);
  return view;
}

/** Updates an open view; with a `hash`, only if it has not changed since. */
export function updateView(core: Core, view: StoredView, content: unknown, hash?: unknown): StoredView {
  rejectProblems(view.type === 'modal' ? validateModal(content) : validateHome(content));
  if (typeof hash === 'string' && hash !== view.hash) throw new SlackError('hash_conflict');
  requireNewExternalId(core, content, view);
  view.content = withIdsFilled(core, content);
  view.hash = newHash();
  view.errors = {};
  core.inputState.retain(view.userId, view.id, blocksOf(view));
  core.workspace.changed();
  return view;
}

/** Publishes a person's App Home. */
export function publishHome(core: Core, userId: string, content: unknown, hash?: unknown): StoredView {
  const known = core.workspace.homes.get(userId);
  if (known) return updateView(core, known, content, hash);

  rejectProblems(validateHome(content));
  const id = core.workspace.newId('V');
  const view: StoredView = {
    id,
    type: 'home',
    userId,
    rootId: id,
    previousId: null,
    content: withIdsFilled(core, content),
    hash: newHash(),
    errors: {},
  };
  core.workspace.homes.set(userId, view);
  core.workspace.changed();
  return view;
}

/** Closes a person's topmost modal, or all of them. */
export function closeModals(core: Core, userId: string, which: 'top' | 'all'): void {
  const stack = core.workspace.modalsOf(userId);
  const kept = which === 'all' ? [] : stack.slice(0, -1);
  for (const view of stack.slice(kept.length)) core.inputState.delete(userId, view.id);
  core.workspace.setModals(userId, kept);
}

function makeModal(core: Core, userId: string, content: unknown, previous: StoredView | null): StoredView {
  rejectProblems(validateModal(content));
  requireNewExternalId(core, content);
  const id = core.workspace.newId('V');
  return {
    id,
    type: 'modal',
    userId,
    rootId: previous?.rootId ?? id,
    previousId: previous?.id ?? null,
    content: withIdsFilled(core, content),
    hash: newHash(),
    errors: {},
  };
}

/** An `external_id` names one view only. */
function requireNewExternalId(core: Core, content: unknown, except?: StoredView): void {
  const externalId = asText(asJson(content)['external_id']);
  const taken = externalId ? core.workspace.viewByExternalId(externalId) : undefined;
  if (taken && taken !== except) throw new SlackError('duplicate_external_id');
}

function withIdsFilled(core: Core, content: unknown): Json {
  const given = asJson(content);
  return { ...given, blocks: withIds(given['blocks'], () => core.workspace.newId('').slice(-5)) };
}

function newHash(): string {
  return `${Date.now()}.${randomUUID().slice(0, 8)}`;
}

function rejectProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  throw new SlackError('invalid_arguments', {
    response_metadata: { messages: problems.map((problem) => `[ERROR] ${formatProblem(problem)}`) },
  });
}

/** Returns the view in Slack's format, for responses of `views.*` and interactions. */
export function viewJson(core: Core, view: StoredView): Json {
  const { team } = core.workspace;
  const { content } = view;
  return {
    id: view.id,
    team_id: team.id,
    type: view.type,
    blocks: blocksOf(view),
    private_metadata: content['private_metadata'] ?? '',
    callback_id: content['callback_id'] ?? '',
    state: { values: stateOf(blocksOf(view), core.inputState.get(view.userId, view.id)) },
    hash: view.hash,
    title: content['title'] ?? { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: content['clear_on_close'] ?? false,
    notify_on_close: content['notify_on_close'] ?? false,
    close: content['close'] ?? null,
    submit: content['submit'] ?? null,
    previous_view_id: view.previousId,
    root_view_id: view.rootId,
    app_id: core.workspace.app.appId,
    external_id: content['external_id'] ?? '',
    app_installed_team_id: team.id,
    bot_id: core.workspace.app.botId,
  };
}
