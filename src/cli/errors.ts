/** The command line is not valid. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The result could not be written. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
}
