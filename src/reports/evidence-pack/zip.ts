import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { MANIFEST, type ManifestEntry, type ManifestFacts, manifestText, type PackFile } from './manifest.ts';

/** Returns a pack as one ZIP file, its manifest last. Each file is made when it is written, one after the other. */
export async function zipPack(files: readonly PackFile[], facts: ManifestFacts): Promise<Buffer> {
  const zip = new ZipFile();
  const mtime = new Date(facts.madeAt);
  const entries: ManifestEntry[] = [];
  for (const file of files) {
    zip.addReadStreamLazy(file.name, { mtime }, (callback) =>
      callback(null, Readable.from(hashed(file, entries), { objectMode: false })),
    );
  }
  zip.addReadStreamLazy(MANIFEST, { mtime }, (callback) =>
    callback(null, Readable.from([Buffer.from(manifestText(facts, entries))], { objectMode: false })),
  );
  const failed = new Promise<never>((_, reject) => zip.once('error', reject));
  zip.end();
  return Promise.race([buffer(zip.outputStream), failed]);
}

async function* hashed({ name, content }: PackFile, entries: ManifestEntry[]): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of content) {
    const bytes = Buffer.from(chunk);
    hash.update(bytes);
    size += bytes.length;
    yield bytes;
  }
  entries.push({ name, size, sha256: hash.digest('hex') });
}
