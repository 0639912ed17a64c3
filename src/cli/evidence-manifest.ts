import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import {
  MANIFEST,
  type ManifestEntry,
  type ManifestFacts,
  manifestText,
  type PackFile,
} from '../reports/evidence-pack/manifest.ts';
import { UsageError } from './errors.ts';

const CHAIN_FILE = 'audit-chain.jsonl';

const manifestSchema = z.object({
  version: z.literal(1),
  files: z.array(z.object({ name: z.string(), size: z.number(), sha256: z.string() })),
  redacted: z.boolean(),
});

/** Writes the files of a pack into a folder, and its manifest last. */
export async function writePack(
  folder: string,
  files: readonly PackFile[],
  facts: ManifestFacts,
): Promise<void> {
  const entries = [];
  for (const { name, content } of files) entries.push(await writeHashed(join(folder, name), content));
  await writeFile(join(folder, MANIFEST), manifestText(facts, entries));
}

/** Returns what is altered, missing or added in a pack, a sentence each; none means that it is as it was written. */
export async function verifyPack(folder: string): Promise<readonly string[]> {
  const manifest = await readManifest(folder);
  const problems: string[] = [];
  const present = new Set(await readdir(folder));
  for (const { name, size, sha256 } of manifest.files) {
    if (basename(name) !== name || !present.has(name)) problems.push(`${name} is missing`);
    else {
      const found = await hashFile(join(folder, name));
      if (found.sha256 !== sha256 || found.size !== size) problems.push(`${name} was changed`);
    }
  }
  const known = new Set([MANIFEST, ...manifest.files.map(({ name }) => name)]);
  for (const name of present) if (!known.has(name)) problems.push(`${name} is not part of the pack`);
  if (present.has(CHAIN_FILE)) {
    problems.push(...(await verifyChainFile(join(folder, CHAIN_FILE))));
  }
  return problems;
}

async function readManifest(folder: string): Promise<z.output<typeof manifestSchema>> {
  let text: string;
  try {
    text = await readFile(join(folder, MANIFEST), 'utf8');
  } catch {
    throw new UsageError(`There is no evidence pack in ${folder}: expected a ${MANIFEST}`);
  }
  const parsed = manifestSchema.safeParse(safeJson(text));
  if (!parsed.success)
    throw new UsageError(`${join(folder, MANIFEST)} is not the manifest of an evidence pack`);
  return parsed.data;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function writeHashed(path: string, content: PackFile['content']): Promise<ManifestEntry> {
  const hash = createHash('sha256');
  const stream = createWriteStream(path, { flags: 'wx' });
  let size = 0;
  for await (const chunk of content) {
    const bytes = Buffer.from(chunk);
    hash.update(bytes);
    size += bytes.length;
    if (!stream.write(bytes)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
  return { name: basename(path), size, sha256: hash.digest('hex') };
}

async function hashFile(path: string): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { size, sha256: hash.digest('hex') };
}

const linkSchema = z.object({
  position: z.number(),
  line: z.string().nullable(),
  previousHash: z.string(),
  hash: z.string(),
});

/** Follows the hash chain of a pack. Links without their entry, of other accounts or in a redacted pack, must follow, too. */
async function verifyChainFile(path: string): Promise<readonly string[]> {
  const problems: string[] = [];
  let last: z.output<typeof linkSchema> | undefined;
  for await (const text of createInterface({ input: createReadStream(path) })) {
    const link = linkSchema.safeParse(safeJson(text)).data;
    if (!link) {
      problems.push(`${basename(path)}: a line is not an entry of the hash chain`);
      continue;
    }
    const { position, line, previousHash, hash } = link;
    const isAltered =
      line !== null && hash !== createHash('sha256').update(previousHash).update(line).digest('hex');
    const follows = !last || (position === last.position + 1 && previousHash === last.hash);
    if (isAltered || !follows) {
      problems.push(`${basename(path)}: entry ${position} does not fit the hash chain`);
    }
    last = link;
  }
  return problems;
}
