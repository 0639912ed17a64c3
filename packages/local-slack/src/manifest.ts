import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { asJson, asList, asText } from './json.ts';

/** The parts of the app's manifest that the local Slack uses: scopes, events and features. */
export interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly botName: string;
  readonly commands: readonly SlashCommand[];
  readonly botScopes: readonly string[];
  readonly botEvents: readonly string[];
  readonly interactive: boolean;
  readonly homeTab: boolean;
  /** The app has a DM with people at all. */
  readonly messagesTab: boolean;
  /** People may write to the app in its DM. */
  readonly messagesEnabled: boolean;
}

/** A slash command of the manifest, its name with the slash. */
export interface SlashCommand {
  readonly name: string;
  readonly description: string;
  readonly usageHint: string;
}

/** Returns the app manifest in a YAML file. */
export function readManifest(path: string): Manifest {
  const manifest = asJson(parse(readFileSync(path, 'utf8')));
  const features = asJson(manifest['features']);
  const settings = asJson(manifest['settings']);
  const display = asJson(manifest['display_information']);
  const home = asJson(features['app_home']);
  const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

  return {
    name: asText(display['name']),
    description: asText(display['description']),
    botName: asText(asJson(features['bot_user'])['display_name']),
    commands: asList(features['slash_commands']).map((command) => ({
      name: asText(command['command']),
      description: asText(command['description']),
      usageHint: asText(command['usage_hint']),
    })),
    botScopes: strings(asJson(asJson(manifest['oauth_config'])['scopes'])['bot']),
    botEvents: strings(asJson(settings['event_subscriptions'])['bot_events']),
    interactive: asJson(settings['interactivity'])['is_enabled'] === true,
    homeTab: home['home_tab_enabled'] === true,
    messagesTab: home['messages_tab_enabled'] === true,
    messagesEnabled: home['messages_tab_enabled'] === true && home['messages_tab_read_only_enabled'] !== true,
  };
}
