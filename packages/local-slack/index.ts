export { formatProblem, validateHome, validateMessage, validateModal } from './src/blockkit.ts';
export { type LocalSlack, type LocalSlackOptions, startLocalSlack } from './src/local-slack.ts';
export type { PageExtension, PanelTools } from './src/page/extension.ts';
export { buildPage } from './src/page-bundle.ts';
export type { ChannelSeed, PersonSeed } from './src/people.ts';
export type { PersonDriver, VisibleMessage } from './src/person-driver.ts';
export type { PanelProvider } from './src/ui-routes.ts';
