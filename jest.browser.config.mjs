import config from './jest.config.mjs';

/** Tests that need a real browser: `npm run test:browser`. */
export default {
  ...config,
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/browser/global-setup.mjs',
  globalTeardown: undefined,
  // One browser at a time is as fast as two on a small machine, and steadier.
  maxWorkers: 1,
  testTimeout: 60_000,
};
