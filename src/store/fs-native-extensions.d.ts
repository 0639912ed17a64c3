declare module 'fs-native-extensions' {
  /** Whether the lock on the whole open file was granted; the operating system releases it when the file is closed. */
  export function tryLock(fd: number): boolean;
}
