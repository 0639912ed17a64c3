export default {
  testEnvironment: 'node',
  // Every core: by itself jest leaves one of two idle.
  maxWorkers: '100%',
  // A busy machine is slow, not wrong.
  testTimeout: 60_000,
  roots: ['<rootDir>/test', '<rootDir>/packages'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/browser/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
        module: { type: 'es6' },
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  workerIdleMemoryLimit: '1GB',
};
