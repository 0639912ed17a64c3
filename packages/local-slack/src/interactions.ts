import { validateOptions } from './blockkit.ts';
import { actionJson, chosen, faultsInForm, Impossible } from './input-values.ts';
import type { Core } from './core.ts';
import type { Delivery, Receipt } from './delivery.ts';
import { messageSurface } from './input-state.ts';
import { asJson, asList, asText, type Json } from './json.ts';
import { messageJson } from './message-content.ts';
import { actsAtOnce, stateOf, type Touchable, touchableAt, touchables, valueField } from './interactive-elements.ts';
import type { Person } from './people.ts';
import { respond } from './respond.ts';
import { SlackError } from './slack-error.ts';
import type { UiAction, UiAnswer, UiOption, UiSurface, UiValues } from './ui-contract.ts';
import { blocksOf, closeModals, pushModal, updateView, viewJson } from './views.ts';
import { APP, type Conversation, sees, type View } from './workspace.ts';

const DONE: UiAnswer = { ok: true };
const USUAL_MIN_QUERY = 3;

/** What a person touches: its blocks, and how an interaction tells where it happened. */
interface Place {
  readonly blocks: readonly Json[];
  /** Its name in the store of held values. */
  readonly key: string;
  readonly responsePlace: { channel: string; messageTs: string } | null;
}

/** Does what people do, as they would: only what is on their screen, and only where they may be. */
export function interactions(core: Core, delivery: Delivery) {
  const { workspace } = core;

  const send = (payload: Json): Promise<Receipt> => delivery.deliver({ type: 'interactive', payload });

  async function command(person: Person, channelId: string, typed: string): Promise<UiAnswer> {
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
        api_app_id: APP.appId,
        is_enterprise_install: 'false',
        response_url: core.responseUrls.give({ userId: person.id, channel: channel.id, messageTs: null }),
        trigger_id: core.triggers.give(person.id),
      },
    });

    const failed = (error: string): UiAnswer => {
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
    person: Person,
    channelId: string,
    text: string,
    threadTs: string | null,
  ): Promise<UiAnswer> {
    const channel = conversationFor(person, channelId);
    if (channel.archived) throw new Impossible('This channel is archived.');
    if (channel.kind === 'im' && !workspace.manifest.peopleMayWrite)
      throw new Impossible('Sending messages to this app has been turned off.');

    const posted = workspace.post({
      channel: channel.id,
      from: person.id,
      fromBot: false,
      threadTs,
      onlyFor: null,
      files: [],
      text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      blocks: [],
      metadata: null,
    });
    workspace.markRead(person.id, channel.id);
    if (channel.members.has(APP.botUserId)) {
      const channelType = channel.kind === 'im' ? 'im' : channel.private ? 'group' : 'channel';
      core.tell(
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

  async function act(person: Person, action: Extract<UiAction, { kind: 'action' }>): Promise<UiAnswer> {
    const place = placeFor(person, action.surface);
    const touched = touchableIn(place, action.blockId, action.actionId);
    holdAll(person, place, action.values ?? {});
    const value = hold(person, place, touched, asJson(action.value));
    workspace.changed();
    if (!actsAtOnce(touched)) return DONE;

    const { responsePlace } = place;
    const receipt = await send({
      type: 'block_actions',
      ...basics(person),
      trigger_id: core.triggers.give(person.id),
      ...whereNow(person, action.surface),
      ...(responsePlace && {
        response_url: core.responseUrls.give({ userId: person.id, ...responsePlace }),
      }),
      actions: [actionJson(touched, value, workspace.newTs())],
    });
    if (receipt.kind === 'acked') return DONE;
    const sentence = 'The app did not answer in time (dispatch_failed).';
    workspace.notify(person.id, responsePlace?.channel ?? null, 'error', sentence);
    return { ok: false, error: sentence };
  }

  async function submit(person: Person, viewId: string, values: UiValues): Promise<UiAnswer> {
    const view = topModal(person, viewId);
    if (view.content['submit'] === undefined) throw new Impossible('This view has nothing to submit.');
    const place = placeFor(person, { kind: 'view', viewId });
    holdAll(person, place, values);
    view.errors = faultsInForm(place.blocks, core.held.of(person.id, view.id));
    workspace.changed();
    if (Object.keys(view.errors).length > 0)
      return { ok: false, error: Object.values(view.errors).join('; ') };

    const receipt = await send({
      type: 'view_submission',
      ...basics(person),
      trigger_id: core.triggers.give(person.id),
      view: viewJson(core, view),
      response_urls: responseUrlsOf(person, view),
    });
    if (receipt.kind === 'failed') return trouble(person);
    return afterSubmission(person, view, receipt.answer);
  }

  /** A form may say in which conversation its answer goes; Slack then hands out an address for it. */
  function responseUrlsOf(person: Person, view: View): Json[] {
    const state = stateOf(blocksOf(view), core.held.of(person.id, view.id));
    return touchables(blocksOf(view))
      .filter(({ element }) => element['response_url_enabled'] === true)
      .flatMap(({ blockId, actionId, type }) => {
        const channel = asText(state[blockId]?.[actionId]?.[valueField(type)]);
        if (!channel) return [];
        const response_url = core.responseUrls.give({ userId: person.id, channel, messageTs: null });
        return [{ block_id: blockId, action_id: actionId, channel_id: channel, response_url }];
      });
  }

  function afterSubmission(person: Person, view: View, answer: Json): UiAnswer {
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
            return trouble(person, `errors were given for blocks that are no inputs: ${unknown.join(', ')}`);
          view.errors = Object.fromEntries(Object.entries(errors).map(([id, text]) => [id, String(text)]));
          workspace.changed();
          return { ok: false, error: Object.values(view.errors).join('; ') };
        }
        default:
          return trouble(person, `there is no response_action ${String(answer['response_action'])}`);
      }
    } catch (error) {
      if (error instanceof SlackError) return trouble(person, sayRefusal(error));
      throw error;
    }
  }

  /** Slack's own sentence, and for whoever develops the app what the matter was. */
  function trouble(person: Person, why = 'the app did not answer in time'): UiAnswer {
    const sentence = `We had some trouble connecting. Try again? (${why})`;
    workspace.notify(person.id, null, 'error', sentence);
    return { ok: false, error: sentence };
  }

  async function close(person: Person, viewId: string): Promise<UiAnswer> {
    const view = topModal(person, viewId);
    const told = viewJson(core, view);
    const isCleared = view.content['clear_on_close'] === true;
    closeModals(core, person.id, isCleared ? 'all' : 'top');
    if (view.content['notify_on_close'] !== true) return DONE;
    await send({ type: 'view_closed', ...basics(person), view: told, is_cleared: isCleared });
    return DONE;
  }

  async function openHome(person: Person): Promise<UiAnswer> {
    if (person.kind === 'external') throw new Impossible('People of other companies cannot open this app.');
    if (!workspace.manifest.homeTab) throw new Impossible('This app has no Home.');
    const view = workspace.homes.get(person.id);
    core.tell('app_home_opened', {
      type: 'app_home_opened',
      user: person.id,
      channel: workspace.dmWith(person.id).id,
      tab: 'home',
      ...(view && { view: viewJson(core, view) }),
    });
    return DONE;
  }

  async function openConversation(person: Person, channelId: string): Promise<UiAnswer> {
    const channel = conversationFor(person, channelId);
    workspace.markRead(person.id, channel.id);
    if (channel.kind === 'im')
      core.tell('app_home_opened', {
        type: 'app_home_opened',
        user: person.id,
        channel: channel.id,
        tab: 'messages',
      });
    return DONE;
  }

  async function options(person: Person, search: Extract<UiAction, { kind: 'options' }>): Promise<UiAnswer> {
    const place = placeFor(person, search.surface);
    const { element, type } = touchableIn(place, search.blockId, search.actionId);
    if (type !== 'external_select' && type !== 'multi_external_select')
      throw new Impossible('This element does not search.');
    if (search.query.length < Number(element['min_query_length'] ?? USUAL_MIN_QUERY))
      return { ok: true, options: [] };

    const receipt = await send({
      type: 'block_suggestion',
      ...basics(person),
      ...whereNow(person, search.surface),
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
    core.held.offer(person.id, place.key, search.actionId, found);
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

  function inviteBot(person: Person, channelId: string): UiAnswer {
    const channel = conversationFor(person, channelId);
    if (person.kind !== 'member') throw new Impossible('Only members of this workspace can invite an app.');
    if (channel.members.has(APP.botUserId)) return DONE;
    channel.members.add(APP.botUserId);
    workspace.notify(
      person.id,
      channel.id,
      'info',
      `${workspace.manifest.botName} was added to #${channel.name}.`,
    );
    core.tell(
      'member_joined_channel',
      {
        type: 'member_joined_channel',
        user: APP.botUserId,
        channel: channel.id,
        channel_type: channel.private ? 'G' : 'C',
        team: workspace.team.id,
        inviter: person.id,
      },
      { shared: channel.shared },
    );
    return DONE;
  }

  function conversationFor(person: Person, channelId: string): Conversation {
    const app = workspace.conversations.get(channelId) ?? ownDm(person, channelId);
    if (!app || !sees(person, app)) throw new Impossible('You are not in that conversation.');
    return app;
  }

  function ownDm(person: Person, channelId: string): Conversation | undefined {
    const isOwn = channelId === `D${person.id.slice(1)}` && person.kind !== 'external';
    return isOwn ? workspace.dmWith(person.id) : undefined;
  }

  function topModal(person: Person, viewId: string): View {
    const top = workspace.modalsOf(person.id).at(-1);
    if (top?.id !== viewId) throw new Impossible('That view is not open.');
    return top;
  }

  function placeFor(person: Person, surface: UiSurface): Place {
    switch (surface.kind) {
      case 'message': {
        const { channel, ts } = surface;
        conversationFor(person, channel);
        const found = workspace.messageAt(channel, ts);
        if (!found || (found.onlyFor ?? person.id) !== person.id)
          throw new Impossible('That message is not there any more.');
        return {
          blocks: found.blocks,
          key: messageSurface(channel, ts),
          responsePlace: { channel, messageTs: ts },
        };
      }
      case 'home':
      case 'view': {
        const view =
          surface.kind === 'home' ? workspace.homes.get(person.id) : topModal(person, surface.viewId);
        if (!view) throw new Impossible('The Home of this app is still empty.');
        return { blocks: blocksOf(view), key: view.id, responsePlace: null };
      }
    }
  }

  /** Where an interaction happened, with what every input there holds at this moment. */
  function whereNow(person: Person, surface: UiSurface): Json {
    const place = placeFor(person, surface);
    if (surface.kind !== 'message') {
      const view = workspace.viewById(place.key);
      if (!view) return {};
      return { container: { type: 'view', view_id: view.id }, view: viewJson(core, view) };
    }
    const { channel, ts } = surface;
    const conversation = conversationFor(person, channel);
    const found = workspace.messageAt(channel, ts);
    const isEphemeral = found?.onlyFor !== null;
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
      state: { values: stateOf(place.blocks, core.held.of(person.id, place.key)) },
    };
  }

  function hold(person: Person, place: Place, touched: Touchable, given: Json): Json {
    const { blockId, actionId, type } = touched;
    const offered = core.held.offered(person.id, place.key, actionId);
    const value = chosen(touched, given, offered, workspace);
    const keeps = !['button', 'overflow', 'icon_button', 'feedback_buttons', 'workflow_button'].includes(
      type,
    );
    if (keeps) core.held.hold(person.id, place.key, blockId, actionId, value);
    return value;
  }

  function holdAll(person: Person, place: Place, values: UiValues): void {
    for (const [blockId, byAction] of Object.entries(values))
      for (const [actionId, value] of Object.entries(byAction))
        hold(person, place, touchableIn(place, blockId, actionId), asJson(value));
  }

  function basics(person: Person): Json {
    const { team } = workspace;
    return {
      user: { id: person.id, username: person.handle, name: person.handle, team_id: person.teamId },
      api_app_id: APP.appId,
      token: 'local',
      // Ours, also when the person is of another company: only user.team_id tells.
      team: { id: team.id, domain: team.domain },
      enterprise: null,
      is_enterprise_install: false,
    };
  }

  async function doIt(action: UiAction): Promise<UiAnswer> {
    const person = workspace.people.get(action.user);
    if (!person) throw new Impossible('There is no such person.');
    if (person.kind === 'deactivated') throw new Impossible('This account is deactivated.');

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
        throw new Impossible('There is no such action.');
    }
  }

  return {
    /** Does one thing as a person, and says how it went once the app has acknowledged it (or failed to). */
    async do(action: UiAction): Promise<UiAnswer> {
      try {
        return await doIt(action);
      } catch (error) {
        if (error instanceof Impossible) return { ok: false, error: error.message };
        throw error;
      }
    },
  };
}

function touchableIn(place: Place, blockId: string, actionId: string): Touchable {
  const found = touchableAt(place.blocks, blockId, actionId);
  if (!found) throw new Impossible('That element is not on your screen.');
  return found;
}

function channelName(channel: Conversation): string {
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

function sayRefusal({ code, more }: SlackError): string {
  const messages = asJson(more['response_metadata'])['messages'];
  return [code, ...(Array.isArray(messages) ? messages : [])].join(' ');
}
