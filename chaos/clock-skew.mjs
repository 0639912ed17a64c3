// Preloaded into each bot: its clock is wrong by the milliseconds in the file that CHAOS_CLOCK names, whenever they change.
import { readFileSync, watchFile } from 'node:fs';

const file = process.env.CHAOS_CLOCK;
const RealDate = Date;
let skewMs = 0;
const read = () => {
  skewMs = Number(readFileSync(file, 'utf8')) || 0;
};

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + skewMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + skewMs;
  }
};

read();
watchFile(file, { interval: 100, persistent: false }, read);
