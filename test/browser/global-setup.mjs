import { existsSync } from 'node:fs';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Leaves the path of a Chromium in CHROMIUM, for the tests to start; without one there is nothing to test with. */
export default function findChromium() {
  const named = process.env['CHROMIUM'];
  const found = (named ? [named] : USUAL_PLACES).find((path) => existsSync(path));
  if (!found) {
    process.stderr.write(
      named
        ? `Cannot find Chromium at ${named}, where CHROMIUM says it is.\n`
        : 'Cannot find Chromium: install it (on Debian, apt-get install chromium) or name its path in CHROMIUM.\n',
    );
    process.exit(1);
  }
  process.env['CHROMIUM'] = found;
}
