import { validateOptions } from './blockkit.ts';
import type { Core } from './core.ts';
import type { Delivery, Receipt } from './delivery.ts';
import { messageSurfaceKey } from './input-state.ts';
import { actionJson, InteractionError, resolveInputValue, validateForm } from './input-values.ts';
import {
  dispatchesImmediately,
  findInteractiveElement,
  type InteractiveElement,
  interactiveElements,
  stateOf,
  valueField,
} from './interactive-elements.ts';
import { asJson, asList, asText, type Json } from './json.ts';
import { messageJson } from './message-content.ts';
import type { SlackPerson } from './people.ts';
import { respond } from './respond.ts';
import { SlackError } from './slack-error.ts';
import type { UiAction, UiActionResult, UiOption, UiSurface, UiValues } from './ui-contract.ts';
import { blocksOf, closeModals, pushModal, updateView, viewJson } from './views.ts';
import { type StoredConversation, type StoredView, sees } from './workspace.ts';

const DONE: UiActionResult = { ok: true };
const DEFAULT_MIN_QUERY_LENGTH = 3;

/** What a person touches: its blocks, and how an interaction tells where it happened. */
interface InteractionTarget {
  readonly blocks: readonly Json[];
  /** Its name in the store of held values. */
  readonly key: string;
  readonly responsePlace: { channel: string; messageTs: string } | null;
}

/** Does what people do, as they would: only what is on their screen, and only where they may be. */
export function createInteractions(core: Core, delivery: Delivery) {
  const { workspace } = core;

  const send = (payload: Json): Promise<Receipt> => delivery.deliver({ type: 'interactive', payload });

  async function command(person: SlackPerson, channelId: string, typed: string): Promise<UiActionResult> {
    const channel = conversationFor(person, channelId);
    const [name = '', ...words] = typed.trim().split(/\s+/);
    const known = workspace.manifest.commands.some((one) => one.name === name);

    if (name === '/invite' && words.includes(`@${workspace.manifest.botName}`))
      return inviteBot(person, channelId);
    // Another company's people do not have our commands, not even in a shared channel.
    if (!known || person.kind === 'external') {
      const sentence = `${name} is not a valid command.`;
      workspace.notify(person.id, channelId, 'error', sentence);
      return { ok: false, error: sentence };
    }

    const { team } = workspace;
    const receipt = await delivery.deliver({
      type: 'slash_commands',
      payload: {
        token: 'local',
        team_id: team.id,
        team_domain: team.domain,
        channel_id: channel.id,
        channel_name: channelName(channel),
        user_id: person.id,
        user_name: person.handle,
        command: name,
        text: typed.trim().slice(name.length).trim(),
        api_app_id: core.workspace.app.appId,
        is_enterprise_install: 'false',
        response_url: core.responseUrls.issue({ userId: person.id, channel: channel.id, messageTs: null }),
        trigger_id: core.triggers.issue(person.id),
      },
    });

    const failed = (error: string): UiActionResult => {
      const sentence = `${name} failed with the error "${error}"`;
      workspace.notify(person.id, channel.id, 'error', sentence);
      return { ok: false, error: sentence };
    };
    if (receipt.kind === 'failed') return failed('dispatch_failed');
    // A bare ack says nothing.
    if (Object.keys(receipt.answer).length === 0) return DONE;
    try {
      respond(core, { userId: person.id, channel: channel.id, messageTs: null }, receipt.answer);
      return DONE;
    } catch (error) {
      if (error instanceof SlackError) return failed(error.code);
      throw error;
    }
  }

  async function message(
    person: SlackPerson,
    channelId: string,
    text: string,
    threadTs: string | null,
  ): Promise<UiActionResult> {
    const channel = conversationFor(person, channelId);
    if (channel.archived) throw new InteractionError('This channel is archived.');
    if (channel.kind === 'im' && !workspace.manifest.messagesEnabled)
      throw new InteractionError('Sending messages to this app has been turned off.');

    const posted = workspace.post({
      channel: channel.id,
      from: person.id,
      fromBot: false,
      threadTs,
      ephemeralTo: null,
      files: [],
      text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      blocks: [],
      metadata: null,
    });
    workspace.markRead(person.id, channel.id);
    if (channel.members.has(core.workspace.app.botUserId)) {
      const channelType = channel.kind === 'im' ? 'im' : channel.private ? 'group' : 'channel';
      core.emitEvent(
        channel.kind === 'im' ? 'message.im' : channel.private ? 'message.groups' : 'message.channels',
        {
          ...messageJson(core, posted),
          channel: channel.id,
          channel_type: channelType,
          user_team: person.teamId,
        },
        { shared: channel.shared },
      );
    }
    return DONE;
  }

  async function act(
    person: SlackPerson,
    action: Extract<UiAction, { kind: 'action' }>,
  ): Promise<UiActionResult> {
    const target = findTarget(person, action.surface);
    const touched = elementIn(target, action.blockId, action.actionId);
    saveInputs(person, target, action.values ?? {});
    const value = saveInput(person, target, touched, asJson(action.value));
    workspace.changed();
    if (!dispatchesImmediately(touched)) return DONE;

    const { responsePlace } = target;
    const receipt = await send({
      type: 'block_actions',
      ...commonPayload(person),
      trigger_id: core.triggers.issue(person.id),
      ...currentTarget(person, action.surface),
      ...(responsePlace && {
        response_url: core.responseUrls.issue({ userId: person.id, ...responsePlace }),
      }),
      actions: [actionJson(touched, value, workspace.newTs())],
    });
    if (receipt.kind === 'acked') return DONE;
    const sentence = 'The app did not answer in time (dispatch_failed).';
    workspace.notify(person.id, responsePlace?.channel ?? null, 'error', sentence);
    return { ok: false, error: sentence };
  }

  async function submit(person: SlackPerson, viewId: string, values: UiValues): Promise<UiActionResult> {
    const view = topModal(person, viewId);
    if (view.content['submit'] === undefined) throw new InteractionError('This view has nothing to submit.');
    const target = findTarget(person, { kind: 'view', viewId });
    saveInputs(person, target, values);
    view.errors = validateForm(target.blocks, core.inputState.get(person.id, view.id));
    workspace.changed();
    if (Object.keys(view.errors).length > 0)
      return { ok: false, error: Object.values(view.errors).join('; ') };

    const receipt = await send({
      type: 'view_submission',
      ...commonPayload(person),
      trigger_id: core.triggers.issue(person.id),
      view: viewJson(core, view),
      response_urls: responseUrlsOf(person, view),
    });
    if (receipt.kind === 'failed') return reportFailure(person);
    return afterSubmission(person, view, receipt.answer);
  }

  /** A form may say in which conversation its answer goes; Slack then hands out an address for it. */
  function responseUrlsOf(person: SlackPerson, view: StoredView): Json[] {
    const state = stateOf(blocksOf(view), core.inputState.get(person.id, view.id));
    return interactiveElements(blocksOf(view))
      .filter(({ element }) => element['response_url_enabled'] === true)
      .flatMap(({ blockId, actionId, type }) => {
        const channel = asText(state[blockId]?.[actionId]?.[valueField(type)]);
        if (!channel) return [];
        const response_url = core.responseUrls.issue({ userId: person.id, channel, messageTs: null });
        return [{ block_id: blockId, action_id: actionId, channel_id: channel, response_url }];
      });
  }

  function afterSubmission(person: SlackPerson, view: StoredView, answer: Json): UiActionResult {
    try {
      switch (answer['response_action']) {
        case undefined:
          if (workspace.modalsOf(person.id).at(-1) === view) closeModals(core, person.id, 'top');
          return DONE;
        case 'clear':
          closeModals(core, person.id, 'all');
          return DONE;
        case 'update':
          updateView(core, view, answer['view']);
          return DONE;
        case 'push':
          pushModal(core, person.id, answer['view']);
          return DONE;
        case 'errors': {
          const errors = asJson(answer['errors']);
          const inputs = blocksOf(view).filter((block) => block['type'] === 'input');
          const unknown = Object.keys(errors).filter(
            (id) => !inputs.some((block) => block['block_id'] === id),
          );
          if (unknown.length > 0 || Object.keys(errors).length === 0)
            return reportFailure(
              person,
              `errors were given for blocks that are no inputs: ${unknown.join(', ')}`,
            );
          view.errors = Object.fromEntries(Object.entries(errors).map(([id, text]) => [id, String(text)]));
          workspace.changed();
          return { ok: false, error: Object.values(view.errors).join('; ') };
        }
        default:
          return reportFailure(person, `there is no response_action ${String(answer['response_action'])}`);
      }
    } catch (error) {
      if (error instanceof SlackError) return reportFailure(person, refusalSentence(error));
      throw error;
    }
  }

  /** Slack's own sentence, and for whoever develops the app what the matter was. */
  function reportFailure(person: SlackPerson, reason = 'the app did not answer in time'): UiActionResult {
    const sentence = `We had some trouble connecting. Try again? (${reason})`;
    workspace.notify(person.id, null, 'error', sentence);
    return { ok: false, error: sentence };
  }

  async function close(person: SlackPerson, viewId: string): Promise<UiActionResult> {
    const view = topModal(person, viewId);
    const told = viewJson(core, view);
    const isCleared = view.content['clear_on_close'] === true;
    closeModals(core, person.id, isCleared ? 'all' : 'top');
    if (view.content['notify_on_close'] !== true) return DONE;
    await send({ type: 'view_closed', ...commonPayload(person), view: told, is_cleared: isCleared });
    return DONE;
  }

  async function openHome(person: SlackPerson): Promise<UiActionResult> {
    if (person.kind === 'external')
      throw new InteractionError('People of other companies cannot open this app.');
    if (!workspace.manifest.homeTab) throw new InteractionError('This app has no Home.');
    const view = workspace.homes.get(person.id);
    core.emitEvent('app_home_opened', {
      type: 'app_home_opened',
      user: person.id,
      channel: workspace.dmWith(person.id).id,
      tab: 'home',
      ...(view && { view: viewJson(core, view) }),
    });
    return DONE;
  }

  async function openConversation(person: SlackPerson, channelId: string): Promise<UiActionResult> {
    const channel = conversationFor(person, channelId);
    workspace.markRead(person.id, channel.id);
    if (channel.kind === 'im')
      core.emitEvent('app_home_opened', {
        type: 'app_home_opened',
        user: person.id,
        channel: channel.id,
        tab: 'messages',
      });
    return DONE;
  }

  async function options(
    person: SlackPerson,
    search: Extract<UiAction, { kind: 'options' }>,
  ): Promise<UiActionResult> {
    const target = findTarget(person, search.surface);
    const { element, type } = elementIn(target, search.blockId, search.actionId);
    if (type !== 'external_select' && type !== 'multi_external_select')
      throw new InteractionError('This element does not search.');
    if (search.query.length < Number(element['min_query_length'] ?? DEFAULT_MIN_QUERY_LENGTH))
      return { ok: true, options: [] };

    const receipt = await send({
      type: 'block_suggestion',
      ...commonPayload(person),
      ...currentTarget(person, search.surface),
      action_id: search.actionId,
      block_id: search.blockId,
      value: search.query,
    });
    const problems = receipt.kind === 'acked' ? validateOptions(receipt.answer) : [];
    if (receipt.kind === 'failed' || problems.length > 0)
      return {
        ok: false,
        error: `Result options could not be loaded${problems[0] ? ` (${problems[0].message} at ${problems[0].pointer})` : ''}.`,
      };

    const groups = asList(receipt.answer['option_groups']);
    const found = [
      ...asList(receipt.answer['options']),
      ...groups.flatMap((group) => asList(group['options'])),
    ];
    core.inputState.saveOptions(person.id, target.key, search.actionId, found);
    return receipt.answer['option_groups'] === undefined
      ? { ok: true, options: found.map(asOption) }
      : {
          ok: true,
          option_groups: groups.map((group) => ({
            label: asJson(group['label']),
            options: asList(group['options']).map(asOption),
          })),
        };
  }

  function inviteBot(person: SlackPerson, channelId: string): UiActionResult {
    const channel = conversationFor(person, channelId);
    if (person.kind !== 'member')
      throw new InteractionError('Only members of this workspace can invite an app.');
    if (channel.members.has(core.workspace.app.botUserId)) return DONE;
    channel.members.add(core.workspace.app.botUserId);
    workspace.notify(
      person.id,
      channel.id,
      'info',
      `${workspace.manifest.botName} was added to #${channel.name}.`,
    );
    core.emitEvent(
      'member_joined_channel',
      {
        type: 'member_joined_channel',
        user: core.workspace.app.botUserId,
        channel: channel.id,
        channel_type: channel.private ? 'G' : 'C',
        team: workspace.team.id,
        inviter: person.id,
      },
      { shared: channel.shared },
    );
    return DONE;
  }

  function conversationFor(person: SlackPerson, channelId: string): StoredConversation {
    const app = workspace.conversations.get(channelId) ?? requireOwnDm(person, channelId);
    if (!app || !sees(person, app)) throw new InteractionError('You are not in that conversation.');
    return app;
  }

  function requireOwnDm(person: SlackPerson, channelId: string): StoredConversation | undefined {
    const isOwnDm = channelId === `D${person.id.slice(1)}` && person.kind !== 'external';
    return isOwnDm ? workspace.dmWith(person.id) : undefined;
  }

  function topModal(person: SlackPerson, viewId: string): StoredView {
    const top = workspace.modalsOf(person.id).at(-1);
    if (top?.id !== viewId) throw new InteractionError('That view is not open.');
    return top;
  }

  function findTarget(person: SlackPerson, surface: UiSurface): InteractionTarget {
    switch (surface.kind) {
      case 'message': {
        const { channel, ts } = surface;
        conversationFor(person, channel);
        const found = workspace.messageAt(channel, ts);
        if (!found || (found.ephemeralTo ?? person.id) !== person.id)
          throw new InteractionError('That message is not there any more.');
        return {
          blocks: found.blocks,
          key: messageSurfaceKey(channel, ts),
          responsePlace: { channel, messageTs: ts },
        };
      }
      case 'home':
      case 'view': {
        const view =
          surface.kind === 'home' ? workspace.homes.get(person.id) : topModal(person, surface.viewId);
        if (!view) throw new InteractionError('The Home of this app is still empty.');
        return { blocks: blocksOf(view), key: view.id, responsePlace: null };
      }
    }
  }

  /** Where an interaction happened, with what every input there holds at this moment. */
  function currentTarget(person: SlackPerson, surface: UiSurface): Json {
    const target = findTarget(person, surface);
    if (surface.kind !== 'message') {
      const view = workspace.viewById(target.key);
      if (!view) return {};
      return { container: { type: 'view', view_id: view.id }, view: viewJson(core, view) };
    }
    const { channel, ts } = surface;
    const conversation = conversationFor(person, channel);
    const found = workspace.messageAt(channel, ts);
    const isEphemeral = found?.ephemeralTo !== null;
    return {
      container: {
        type: 'message',
        message_ts: ts,
        channel_id: channel,
        is_ephemeral: isEphemeral,
        ...(found?.threadTs && { thread_ts: found.threadTs }),
      },
      channel: { id: channel, name: channelName(conversation) },
      ...(found && !isEphemeral && { message: messageJson(core, found) }),
      state: { values: stateOf(target.blocks, core.inputState.get(person.id, target.key)) },
    };
  }

  function saveInput(
    person: SlackPerson,
    target: InteractionTarget,
    touched: InteractiveElement,
    given: Json,
  ): Json {
    const { blockId, actionId, type } = touched;
    const searchedOptions = core.inputState.optionsFor(person.id, target.key, actionId);
    const value = resolveInputValue(touched, given, searchedOptions, workspace);
    const isKept = !['button', 'overflow', 'icon_button', 'feedback_buttons', 'workflow_button'].includes(
      type,
    );
    if (isKept) core.inputState.set(person.id, target.key, blockId, actionId, value);
    return value;
  }

  function saveInputs(person: SlackPerson, target: InteractionTarget, values: UiValues): void {
    for (const [blockId, byAction] of Object.entries(values))
      for (const [actionId, value] of Object.entries(byAction))
        saveInput(person, target, elementIn(target, blockId, actionId), asJson(value));
  }

  function commonPayload(person: SlackPerson): Json {
    const { team } = workspace;
    return {
      user: { id: person.id, username: person.handle, name: person.handle, team_id: person.teamId },
      api_app_id: core.workspace.app.appId,
      token: 'local',
      // Ours, also when the person is of another company: only user.team_id tells.
      team: { id: team.id, domain: team.domain },
      enterprise: null,
      is_enterprise_install: false,
    };
  }

  async function perform(action: UiAction): Promise<UiActionResult> {
    const person = workspace.people.get(action.user);
    if (!person) throw new InteractionError('There is no such person.');
    if (person.kind === 'deactivated') throw new InteractionError('This account is deactivated.');

    switch (action.kind) {
      case 'command':
        return command(person, action.channel, action.text);
      case 'message':
        return message(person, action.channel, action.text, action.thread_ts ?? null);
      case 'action':
        return act(person, action);
      case 'submit':
        return submit(person, action.viewId, action.values);
      case 'close':
        return close(person, action.viewId);
      case 'openHome':
        return openHome(person);
      case 'openConversation':
        return openConversation(person, action.channel);
      case 'options':
        return options(person, action);
      case 'inviteBot':
        return inviteBot(person, action.channel);
      case 'setStatus':
        workspace.setStatus(person.id, action);
        return DONE;
      default:
        throw new InteractionError('There is no such action.');
    }
  }

  return {
    /** Does one thing as a person, and says how it went once the app has acknowledged it (or failed to). */
    async perform(action: UiAction): Promise<UiActionResult> {
      try {
        return await perform(action);
      } catch (error) {
        if (error instanceof InteractionError) return { ok: false, error: error.message };
        throw error;
      }
    },
  };
}

function elementIn(target: InteractionTarget, blockId: string, actionId: string): InteractiveElement {
  const found = findInteractiveElement(target.blocks, blockId, actionId);
  if (!found) throw new InteractionError('That element is not on your screen.');
  return found;
}

function channelName(channel: StoredConversation): string {
  if (channel.kind === 'im') return 'directmessage';
  return channel.private ? 'privategroup' : channel.name;
}

function asOption(option: Json): UiOption {
  return {
    value: asText(option['value']),
    text: asJson(option['text']),
    ...(option['description'] !== undefined && { description: asJson(option['description']) }),
  };
}

function refusalSentence({ code, more }: SlackError): string {
  const messages = asJson(more['response_metadata'])['messages'];
  return [code, ...(Array.isArray(messages) ? messages : [])].join(' ');
}
