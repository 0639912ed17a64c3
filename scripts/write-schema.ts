import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/config/config.ts';

writeFileSync(
  new URL('../root-mfa.schema.json', import.meta.url),
  `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
);
