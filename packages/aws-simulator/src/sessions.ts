import { randomBytes } from 'node:crypto';
import type { AccountId } from './account-id.ts';
import type { SignedBy } from './faults.ts';

/** Who signs with a key: what every later answer is about. */
export interface Signer {
  readonly accountId: AccountId;
  readonly signedBy: SignedBy;
  readonly arn: string;
  readonly userId: string;
  readonly allows: readonly string[] | 'everything';
}

/** A key pair, and for temporary ones the token and the moment they end. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiresAt?: Date;
}

/** A key that is known, with who holds it. */
export interface IssuedSession {
  readonly signer: Signer;
  readonly credentials: SessionCredentials;
}

/** Long enough after its end for a caller to get "expired" and not "unknown". */
const EXPIRED_RETENTION_MS = 60 * 60 * 1000;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Every key in use, by its id. Forgets those that ended long ago. */
export class Sessions {
  readonly #byKeyId = new Map<string, IssuedSession>();

  /** Keys that never expire: an IAM user's. */
  issueLongTerm(signer: Signer): SessionCredentials {
    const credentials = keyPair('AKIA');
    this.#byKeyId.set(credentials.accessKeyId, { signer, credentials });
    return credentials;
  }

  /** Keys and a token that go together until a moment. */
  issueTemporary(signer: Signer, expiresAt: Date, now: Date): Required<SessionCredentials> {
    this.#forgetEnded(now);
    const credentials = {
      ...keyPair('ASIA'),
      sessionToken: `IQoJ${randomBytes(48).toString('base64')}`,
      expiresAt,
    };
    this.#byKeyId.set(credentials.accessKeyId, { signer, credentials });
    return credentials;
  }

  /** The session of a key; `unknown` when the key or its token is not ours, `expired` when its time is over. */
  find(
    accessKeyId: string,
    sessionToken: string | undefined,
    now: Date,
  ): IssuedSession | 'unknown' | 'expired' {
    const session = this.#byKeyId.get(accessKeyId);
    if (!session || session.credentials.sessionToken !== sessionToken) return 'unknown';

    const { expiresAt } = session.credentials;
    return expiresAt && expiresAt <= now ? 'expired' : session;
  }

  // Map keeps the order of issue, so those that can be deleted are at the front, give or take a role session
  // that was asked to last longer.
  #forgetEnded(now: Date): void {
    for (const [key, { credentials }] of this.#byKeyId) {
      if (!credentials.expiresAt) continue;
      if (credentials.expiresAt.getTime() + EXPIRED_RETENTION_MS > now.getTime()) return;
      this.#byKeyId.delete(key);
    }
  }
}

function keyPair(prefix: string): { accessKeyId: string; secretAccessKey: string } {
  const random = randomBytes(46);
  let accessKeyId = prefix;
  for (const byte of random.subarray(0, 16)) accessKeyId += BASE32[byte & 31];
  return { accessKeyId, secretAccessKey: random.toString('base64', 16) };
}
