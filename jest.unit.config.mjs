import config from './jest.config.mjs';

/** Tests without a database, a process or a network, in seconds: `npm run test:unit`. */
export default {
  ...config,
  roots: ['domain', 'config', 'reports', 'slack/views'].map((folder) => `<rootDir>/test/${folder}`),
  globalSetup: undefined,
  globalTeardown: undefined,
};
