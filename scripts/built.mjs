// Before `npm start`: the bot runs as it was built. A clone that was never built is built now, where that is possible.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (!existsSync('dist/main.js')) {
  if (!existsSync('node_modules/typescript')) {
    process.stderr.write(
      'The bot is not built, and the compiler is not installed: run `npm ci && npm run build` first.\n',
    );
    process.exit(1);
  }
  process.stderr.write(
    'The bot is not built yet: building it once. After each update run `npm run build`.\n',
  );
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
