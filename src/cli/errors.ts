/** The command line asks for something that cannot be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The result could not be written. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
}
