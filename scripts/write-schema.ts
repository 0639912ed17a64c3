import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/config/config.ts';
import { webhookEventSchemas } from '../src/domain/webhooks/event.ts';

writeFileSync(
  new URL('../root-mfa.schema.json', import.meta.url),
  `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
);
writeFileSync(
  new URL('../docs/webhooks.schema.json', import.meta.url),
  `${JSON.stringify(webhookEventSchemas(), null, 2)}\n`,
);
