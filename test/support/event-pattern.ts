type Fields = Readonly<Record<string, unknown>>;

/**
 * Whether EventBridge sends an event to the targets of a rule with this pattern: every field named in the pattern is in
 * the event, with one of the values that its list allows. Throws on an operator that it does not know.
 */
export function matchesEventPattern(pattern: Fields, event: unknown): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    const actual = isFields(event) ? event[field] : undefined;
    if (Array.isArray(expected)) return expected.some((one) => matchesValue(one, actual));
    if (isFields(expected)) return matchesEventPattern(expected, actual);
    throw new Error(`A pattern lists the values of a field; ${field} has ${JSON.stringify(expected)}`);
  });
}

function matchesValue(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(actual)) return actual.some((one) => matchesValue(expected, one));
  if (!isFields(expected)) return expected === actual;
  const [[operator, operand] = ['', undefined], ...others] = Object.entries(expected);
  if (others.length > 0) throw new Error(`Expected one operator, found ${Object.keys(expected).join(', ')}`);
  switch (operator) {
    case 'prefix':
      return typeof actual === 'string' && actual.startsWith(String(operand));
    case 'suffix':
      return typeof actual === 'string' && actual.endsWith(String(operand));
    case 'anything-but': {
      // A field that is not there is not "anything but".
      if (actual === undefined || actual === null) return false;
      const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
      return !excluded.some((one) => matchesValue(one, actual));
    }
    default:
      throw new Error(`No known operator of a pattern: ${operator}`);
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
