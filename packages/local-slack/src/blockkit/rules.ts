/** One thing that Slack would refuse. `pointer` is a JSON pointer from the request's argument, such as `/blocks/0/text/text`. */
export interface Problem {
  readonly code: 'invalid_blocks' | 'msg_blocks_too_long' | 'no_text';
  readonly pointer: string;
  readonly message: string;
}

/** How a rule reports what is wrong at a pointer. */
export type Tell = (pointer: string, message: string) => void;

/** Looks at one value and tells what Slack would refuse about it. */
export type Rule = (value: unknown, at: string, tell: Tell) => void;

/** The fields of an object, or null if the value is none. */
export function fieldsOf(value: unknown): { readonly [field: string]: unknown } | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as { readonly [field: string]: unknown })
    : null;
}

/** How long Slack finds a text: in code points, so that an emoji is one. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** Rule: a string of at most `max` characters, and at least `min`. */
export function string(max: number, min = 1): Rule {
  return (value, at, tell) => {
    if (typeof value !== 'string') return tell(at, 'must be a string');
    const length = lengthOf(value);
    if (length < min) tell(at, `must be more than ${min - 1} characters`);
    if (length > max) tell(at, `must be less than ${max + 1} characters`);
  };
}

/** Rule: a string of a given form. */
export function matching(form: RegExp, expected: string, max = 3000): Rule {
  return (value, at, tell) => {
    if (typeof value !== 'string') return tell(at, 'must be a string');
    if (!form.test(value)) tell(at, `must match the format: ${expected}`);
    if (lengthOf(value) > max) tell(at, `must be less than ${max + 1} characters`);
  };
}

/** Rule: true or false. */
export const boolean: Rule = (value, at, tell) => {
  if (typeof value !== 'boolean') tell(at, 'must be a boolean');
};

/** Rule: any finite number. */
export const number: Rule = (value, at, tell) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) tell(at, 'must be a number');
};

/** Rule: a whole number between two others. */
export function integer(min: number, max: number): Rule {
  return (value, at, tell) => {
    if (!Number.isInteger(value)) return tell(at, 'must be an integer');
    if ((value as number) < min) tell(at, `must be greater than ${min - 1}`);
    if ((value as number) > max) tell(at, `must be less than ${max + 1}`);
  };
}

/** Rule: one of a few words (or numbers). */
export function oneOf(...allowed: readonly (string | number)[]): Rule {
  return (value, at, tell) => {
    if (!allowed.includes(value as string | number)) tell(at, 'must be a valid enum value');
  };
}

/** Rule: a list of `min` to `max` items that each follow a rule. */
export function list(item: Rule, max: number, min = 1): Rule {
  return (value, at, tell) => {
    if (!Array.isArray(value)) return tell(at, 'must provide an array');
    if (value.length < min) tell(at, `no fewer than ${min} items allowed`);
    if (value.length > max) return tell(at, `no more than ${max} items allowed`);
    value.forEach((one, index) => {
      item(one, `${at}/${index}`, tell);
    });
  };
}

/** What an object may hold (`fields`), what it must hold (`required`), and what must fit together (`also`). */
export interface ObjectShape {
  readonly fields: { readonly [field: string]: Rule };
  readonly required?: readonly string[];
  readonly also?: (fields: { readonly [field: string]: unknown }, at: string, tell: Tell) => void;
}

/** Rule: an object of a given shape, and nothing beside it. */
export function object({ fields, required = [], also }: ObjectShape): Rule {
  return (value, at, tell) => {
    const found = fieldsOf(value);
    if (!found) return tell(at, 'must provide an object');

    for (const field of required)
      if (found[field] === undefined) tell(at, `missing required field: ${field}`);
    for (const [field, one] of Object.entries(found)) {
      if (one === undefined) continue;
      const rule = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (rule) rule(one, `${at}/${field}`, tell);
      else tell(at, `invalid additional property: ${field}`);
    }
    also?.(found, at, tell);
  };
}

/** Rule: an object whose `type` says which shape it has. */
export function byType(shapes: { readonly [type: string]: ObjectShape }): Rule {
  const rules = Object.fromEntries(
    Object.entries(shapes).map(([type, shape]) => [
      type,
      object({ ...shape, fields: { type: oneOf(type), ...shape.fields } }),
    ]),
  );
  return (value, at, tell) => {
    const found = fieldsOf(value);
    if (!found) return tell(at, 'must provide an object');
    if (found['type'] === undefined) return tell(at, 'missing required field: type');
    const type = String(found['type']);
    const rule = Object.hasOwn(rules, type) ? rules[type] : undefined;
    if (rule) rule(value, at, tell);
    else tell(`${at}/type`, `unsupported type: ${type}`);
  };
}

/** Tells of each entry whose key stood before; entries without a key are left alone. */
export function unique(
  entries: readonly { readonly key: unknown; readonly at: string }[],
  name: string,
  tell: Tell,
): void {
  const seen = new Set<unknown>();
  for (const { key, at } of entries) {
    if (key === undefined) continue;
    if (seen.has(key)) tell(at, `${name} must be unique: ${String(key)}`);
    seen.add(key);
  }
}
