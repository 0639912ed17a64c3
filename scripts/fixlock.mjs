// Completes package-lock.json: some registries lack platform variants of optional packages, npm 11 then leaves
// them out of the lock file and refuses to `npm ci` from it ("Missing: ... from lock file").
import { readFileSync, writeFileSync } from 'node:fs';

const OPERATING_SYSTEMS = [
  'linux',
  'darwin',
  'win32',
  'android',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'openharmony',
];
const PROCESSORS = [
  'x64',
  'arm64',
  'arm',
  'ia32',
  'ppc64',
  's390x',
  'riscv64',
  'loong64',
  'mips64el',
  'wasm32',
];

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const added = [];

for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`${path}/node_modules/${name}`, `node_modules/${name}`];
    if (path === '' || places.some((place) => lock.packages[place])) continue;

    const words = name.split(/[/-]/);
    const os = OPERATING_SYSTEMS.filter(
      (word) => words.includes(word) || (word === 'linux' && words.includes('linuxmusl')),
    );
    const cpu = PROCESSORS.filter(
      (word) => words.includes(word) || (word === 'arm' && words.includes('armv7')),
    );
    const libc =
      words.includes('musl') || words.includes('linuxmusl')
        ? ['musl']
        : words.includes('gnu')
          ? ['glibc']
          : [];
    lock.packages[`node_modules/${name}`] = {
      version: version.replace(/^[\^~]/, ''),
      ...(cpu.length > 0 && { cpu }),
      ...(entry.dev && { dev: true }),
      ...(libc.length > 0 && { libc }),
      optional: true,
      ...(os.length > 0 && { os }),
    };
    added.push(name);
  }
}

const [root, ...rest] = Object.entries(lock.packages);
lock.packages = Object.fromEntries([root, ...rest.sort(([a], [b]) => a.localeCompare(b, 'en'))]);
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(
  added.length > 0 ? `added ${added.length}: ${added.join(', ')}\n` : 'the lock file is complete\n',
);
