import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { webhookEventSchemas } from '../../src/domain/webhooks/event.ts';

/** Returns what the published schema has against an event. */
export function schemaProblems(event: { readonly type: string }): unknown {
  const ajv = new Ajv({ allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(webhookEventSchemas()[event.type] as object);
  return validate(event) ? [] : validate.errors;
}
