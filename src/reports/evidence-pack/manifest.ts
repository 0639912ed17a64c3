/** Name of the file that lists the others. */
export const MANIFEST = 'manifest.json';

/** One file of a pack, in chunks. */
export interface PackFile {
  readonly name: string;
  readonly content: Iterable<string> | AsyncIterable<string>;
}

/** What manifest.json says besides the files. */
export interface ManifestFacts {
  readonly madeAt: string;
  readonly madeBy: string;
  readonly tool: string;
  readonly from: string;
  readonly to: string;
  readonly redacted: boolean;
  readonly auditLogHead: { readonly position: number; readonly hash: string } | null;
}

/** A file as it was written. */
export interface ManifestEntry {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
}

/** Returns the text of manifest.json. */
export function manifestText(facts: ManifestFacts, files: readonly ManifestEntry[]): string {
  return `${JSON.stringify({ version: 1, ...facts, files }, null, 2)}\n`;
}
