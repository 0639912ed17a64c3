import { formatProblem, validateHome, validateMessage, validateModal } from '../blockkit.ts';
import { asJson, asText } from '../json.ts';
import { SlackError } from '../slack-error.ts';
import type { Methods } from '../web-api-method.ts';

/** What is about the app itself: who it is, how it connects, whether its layouts are good. */
export const appMethods: Methods = {
  'api.test': { scope: [], tier: 'special', token: 'any', handler: (args) => ({ args }) },

  'auth.test': {
    scope: [],
    tier: 'special',
    token: 'any',
    handler: (_args, core) => {
      const { team, manifest } = core.workspace;
      return {
        url: `${core.baseUrl()}/`,
        team: team.name,
        user: manifest.botName,
        team_id: team.id,
        user_id: core.workspace.app.botUserId,
        bot_id: core.workspace.app.botId,
        is_enterprise_install: false,
      };
    },
  },

  'apps.connections.open': {
    scope: ['connections:write'],
    tier: 'tier1',
    token: 'app',
    handler: (_args, core) => {
      const url = core.socketAddress();
      if (!url) throw new SlackError('socket_mode_disabled');
      return { url };
    },
  },

  'team.info': {
    scope: ['team:read'],
    tier: 'tier3',
    handler: (_args, core) => ({ team: { ...core.workspace.team } }),
  },

  'blocks.validate': {
    scope: [],
    tier: 'special',
    handler: (args) => {
      const { blocks, message, view } = args;
      if (blocks === undefined && message === undefined && view === undefined)
        throw new SlackError('invalid_arguments');
      const problems =
        view === undefined
          ? validateMessage(blocks ?? asJson(message)['blocks'], asText(asJson(message)['text']) || 'text')
          : asJson(view)['type'] === 'home'
            ? validateHome(view)
            : validateModal(view);
      if (problems.length === 0) return {};
      throw new SlackError('invalid_blocks', {
        errors: problems.map(formatProblem),
        response_metadata: { messages: problems.map((problem) => `[ERROR] ${formatProblem(problem)}`) },
      });
    },
  },
};
