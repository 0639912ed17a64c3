import type { Core } from '../core.ts';
import { asText, type Json } from '../json.ts';
import { SlackError } from '../slack-error.ts';
import { openModal, publishHome, pushModal, updateView, viewJson } from '../views.ts';
import type { Methods } from '../web-api-method.ts';
import type { StoredView } from '../workspace.ts';

/** `views.*`: modals and the App Home. */
export const viewMethods: Methods = {
  'views.open': {
    scope: [],
    tier: 'tier4',
    handler: (args, core) => {
      const userId = core.triggers.consume(args['trigger_id']);
      return { view: viewJson(core, openModal(core, userId, args['view'])) };
    },
  },

  'views.push': {
    scope: [],
    tier: 'tier4',
    handler: (args, core) => {
      const userId = core.triggers.consume(args['trigger_id']);
      return { view: viewJson(core, pushModal(core, userId, args['view'])) };
    },
  },

  'views.update': {
    scope: [],
    tier: 'tier4',
    handler: (args, core) => ({
      view: viewJson(core, updateView(core, findView(args, core), args['view'], args['hash'])),
    }),
  },

  'views.publish': {
    scope: [],
    tier: 'tier4',
    handler: (args, core) => {
      if (!core.workspace.manifest.homeTab) throw new SlackError('not_enabled');
      const person = core.workspace.people.get(asText(args['user_id']));
      if (!person || person.kind === 'deactivated') throw new SlackError('user_not_found');
      return { view: viewJson(core, publishHome(core, person.id, args['view'], args['hash'])) };
    },
  },
};

function findView(args: Json, core: Core): StoredView {
  const view = args['view_id']
    ? core.workspace.viewById(asText(args['view_id']))
    : core.workspace.viewByExternalId(asText(args['external_id']));
  if (!view) throw new SlackError('not_found');
  return view;
}
