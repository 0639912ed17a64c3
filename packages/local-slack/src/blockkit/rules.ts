/** One thing that Slack would refuse. `pointer` is a JSON pointer from the request's argument, such as `/blocks/0/text/text`. */
export interface Problem {
  readonly code: 'invalid_blocks' | 'msg_blocks_too_long' | 'no_text';
  readonly pointer: string;
  readonly message: string;
}

/** How a rule reports what is wrong at a pointer. */
export type ReportProblem = (pointer: string, message: string) => void;

/** Validates one value and reports what Slack would refuse. */
export type Rule = (value: unknown, at: string, tell: ReportProblem) => void;

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
  return (value, pointer, report) => {
    if (typeof value !== 'string') return report(pointer, 'must be a string');
    const length = lengthOf(value);
    if (length < min) report(pointer, `must be more than ${min - 1} characters`);
    if (length > max) report(pointer, `must be less than ${max + 1} characters`);
  };
}

/** Rule: a string of a given form. */
export function matching(pattern: RegExp, expected: string, max = 3000): Rule {
  return (value, pointer, report) => {
    if (typeof value !== 'string') return report(pointer, 'must be a string');
    if (!pattern.test(value)) report(pointer, `must match the format: ${expected}`);
    if (lengthOf(value) > max) report(pointer, `must be less than ${max + 1} characters`);
  };
}

/** Rule: true or false. */
export const boolean: Rule = (value, pointer, report) => {
  if (typeof value !== 'boolean') report(pointer, 'must be a boolean');
};

/** Rule: any finite number. */
export const number: Rule = (value, pointer, report) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) report(pointer, 'must be a number');
};

/** Rule: a whole number between two others. */
export function integer(min: number, max: number): Rule {
  return (value, pointer, report) => {
    if (!Number.isInteger(value)) return report(pointer, 'must be an integer');
    if ((value as number) < min) report(pointer, `must be greater than ${min - 1}`);
    if ((value as number) > max) report(pointer, `must be less than ${max + 1}`);
  };
}

/** Rule: one of a few words (or numbers). */
export function oneOf(...allowed: readonly (string | number)[]): Rule {
  return (value, pointer, report) => {
    if (!allowed.includes(value as string | number)) report(pointer, 'must be a valid enum value');
  };
}

/** Rule: a list of `min` to `max` items that each follow a rule. */
export function list(item: Rule, max: number, min = 1): Rule {
  return (value, pointer, report) => {
    if (!Array.isArray(value)) return report(pointer, 'must provide an array');
    if (value.length < min) report(pointer, `no fewer than ${min} items allowed`);
    if (value.length > max) return report(pointer, `no more than ${max} items allowed`);
    value.forEach((entry, index) => {
      item(entry, `${pointer}/${index}`, report);
    });
  };
}

/** What an object may hold (`fields`), what it must hold (`required`), and what must fit together (`also`). */
export interface ObjectShape {
  readonly fields: { readonly [field: string]: Rule };
  readonly required?: readonly string[];
  readonly extraRule?: (
    fields: { readonly [field: string]: unknown },
    at: string,
    tell: ReportProblem,
  ) => void;
}

/** Rule: an object of a given shape, and nothing beside it. */
export function object({ fields, required = [], extraRule }: ObjectShape): Rule {
  return (value, pointer, report) => {
    const fieldValues = fieldsOf(value);
    if (!fieldValues) return report(pointer, 'must provide an object');

    for (const field of required)
      if (fieldValues[field] === undefined) report(pointer, `missing required field: ${field}`);
    for (const [field, entry] of Object.entries(fieldValues)) {
      if (entry === undefined) continue;
      const rule = Object.hasOwn(fields, field) ? fields[field] : undefined;
      if (rule) rule(entry, `${pointer}/${field}`, report);
      else report(pointer, `invalid additional property: ${field}`);
    }
    extraRule?.(fieldValues, pointer, report);
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
  return (value, pointer, report) => {
    const found = fieldsOf(value);
    if (!found) return report(pointer, 'must provide an object');
    if (found['type'] === undefined) return report(pointer, 'missing required field: type');
    const type = String(found['type']);
    const rule = Object.hasOwn(rules, type) ? rules[type] : undefined;
    if (rule) rule(value, pointer, report);
    else report(`${pointer}/type`, `unsupported type: ${type}`);
  };
}

/** Tells of each entry whose key stood before; entries without a key are left alone. */
export function unique(
  entries: readonly { readonly key: unknown; readonly at: string }[],
  name: string,
  report: ReportProblem,
): void {
  const seen = new Set<unknown>();
  for (const { key, at } of entries) {
    if (key === undefined) continue;
    if (seen.has(key)) report(at, `${name} must be unique: ${String(key)}`);
    seen.add(key);
  }
}
