/** A resource that a check needs is missing; the check of that resource says why. */
export class MissingResourceError extends Error {
  override readonly name = 'MissingResourceError';
}
