/** One account can always close; more than a tenth of them at once looks like a list that is not whole. */
const MAX_SHARE = 10;

/** Returns whether that many accounts can close without an admin's confirmation. */
export function canCloseUnconfirmed(missing: number, open: number): boolean {
  return missing <= Math.max(1, Math.floor(open / MAX_SHARE));
}
