import { InvalidArgumentError } from 'commander';
import { type AccountId, isAccountId } from '../domain/account.ts';
import { EVIDENCE_CONTROLS, type EvidenceControl } from '../domain/evidence-pack/control-results.ts';

/** Parses an account id; throws a message that says what is expected. */
export function accountIdOption(text: string): AccountId {
  if (isAccountId(text)) return text;
  throw new InvalidArgumentError('expected an AWS account ID, 12 digits.');
}

/** Parses a whole number from 1 to 200; throws a message that says what is expected. */
export function positiveOption(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 200) return value;
  throw new InvalidArgumentError('expected a whole number from 1 to 200.');
}

/** Parses a port; throws a message that says what is expected. */
export function portOption(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('expected a port, 0 to 65535.');
}

/** Parses a duration such as `8w`, `3d` or `12h` to milliseconds; throws a message that says what is expected. */
export function durationOption(text: string): number {
  const [, count, unit] = /^(\d{1,3})([hdw])$/.exec(text) ?? [];
  if (count === undefined)
    throw new InvalidArgumentError('expected weeks, days or hours, such as 8w, 3d or 12h.');
  const hour = 60 * 60_000;
  return Number(count) * (unit === 'w' ? 168 * hour : unit === 'd' ? 24 * hour : hour);
}

/** Returns a parser for a repeatable option, which collects its values. */
export function repeatable<T>(parse: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, previous) => [...(previous ?? []), parse(text)];
}

/** Parses a control; throws a message that says what is expected. */
export function controlOption(text: string): EvidenceControl {
  const control = EVIDENCE_CONTROLS.find((name) => name === text);
  if (control) return control;
  throw new InvalidArgumentError(`expected ${EVIDENCE_CONTROLS.join(', ')}.`);
}
