/** A call that AWS refuses: thrown anywhere, written to the response in one place. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** "You may not", as the Query services say it. */
export function accessDenied(message: string): AwsError {
  return new AwsError('AccessDenied', message, 403);
}

/** "You may not", as the JSON services say it. */
export function accessDeniedException(message: string, status = 400): AwsError {
  return new AwsError('AccessDeniedException', message, status);
}

/** What AWS calls a parameter that cannot be right. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message, 400);
}
