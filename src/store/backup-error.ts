/** The file cannot be written, or is no backup that can be restored. The message says what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
