import { lookup as resolve } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Thrown for a receiver at an address that webhooks do not go to. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

/** Which addresses a webhook can go to, besides public ones. */
export interface AddressRules {
  /** The configured host is this machine: then it can only be reached there. */
  readonly loopback: boolean;
  readonly allowPrivate: boolean;
}

/** Ranges of a company's own network. Link-local ones are never allowed: cloud machines give away credentials there. */
const PRIVATE_RANGES: ReadonlySet<string> = new Set(['private', 'uniqueLocal', 'carrierGradeNat']);

/** Throws an AddressRefusedError unless the rules allow the address. */
export function assertAllowedAddress(address: string, { loopback, allowPrivate }: AddressRules): void {
  // An IPv4 address inside an IPv6 one is judged as what it is.
  const range = ipaddr.process(address).range();
  const isAllowed = loopback
    ? range === 'loopback'
    : range === 'unicast' || (allowPrivate && PRIVATE_RANGES.has(range));
  if (!isAllowed)
    throw new AddressRefusedError(`the receiver is at ${address}, which is not a public address`);
}

/**
 * Returns a DNS look-up that refuses addresses which the rules do not allow. The connection goes to the address that was
 * checked, so a name that changes in between gains nothing.
 */
export function createGuardedLookup(rules: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      try {
        for (const { address } of addresses) assertAllowedAddress(address, rules);
      } catch (refusal) {
        return callback(refusal as NodeJS.ErrnoException, []);
      }
      const [first] = addresses;
      if (options.all || !first) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

/** Checks a host that is an address already: it is never looked up. */
export function assertAllowedHost(hostname: string, rules: AddressRules): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0) assertAllowedAddress(address, rules);
}
