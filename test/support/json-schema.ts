import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

const ajv = new Ajv({ allErrors: true, strictTypes: false });
addFormats.default(ajv);
const validators = new Map<string, ValidateFunction>();

/** Returns what of a document does not fit a schema in test/data, a line each. */
export function schemaErrors(schema: string, document: unknown): string[] {
  const validate = validators.get(schema) ?? compile(schema);
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function compile(schema: string): ValidateFunction {
  const path = new URL(`../data/${schema}.schema.json`, import.meta.url);
  const validate = ajv.compile(JSON.parse(readFileSync(path, 'utf8')));
  validators.set(schema, validate);
  return validate;
}
