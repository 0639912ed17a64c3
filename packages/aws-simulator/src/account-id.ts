/** An AWS account id: 12 digits. */
export type AccountId = string;

/** Returns the text as an account id; throws when it is none. */
export function accountId(text: string): AccountId {
  if (/^\d{12}$/.test(text)) return text;
  throw new TypeError(`Cannot read ${JSON.stringify(text)} as an AWS account id: expected 12 digits`);
}
