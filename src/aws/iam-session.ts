import type { IAMClient } from '@aws-sdk/client-iam';
import { SignatureV4 } from '@smithy/signature-v4';

/** IAM as one identity. */
export type IamSession = Pick<IAMClient, 'send'>;

/** Keys that sign for one identity. */
interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The parts of the SDK's client configuration and context that say who signs. */
interface SigningConfig {
  signer(scheme?: { readonly signingRegion?: string }): Promise<Pick<SignatureV4, 'sign'>>;
  systemClockOffset: number;
}
interface SigningContext {
  readonly __smithy_context: {
    selectedHttpAuthScheme: { readonly httpAuthOption: { readonly signingProperties?: object } };
  };
}

/**
 * Returns a session that signs its calls with these credentials, on a client that all sessions share: a client each
 * would cost most of a scan's processor time and memory. The signer travels with the call, past everything that the
 * client remembers of identities, so that a call of one account is never signed for another.
 */
export function openIamSession(iam: IAMClient, credentials: SessionCredentials): IamSession {
  const signAsSession = signingMiddleware(sessionConfig(iam, credentials));
  const send = (command: Parameters<IAMClient['send']>[0], options: object = {}) => {
    // The SDK types a middleware for each command alone.
    command.middlewareStack.addRelativeTo(signAsSession as never, {
      name: 'signAsSession',
      relation: 'before',
      toMiddleware: 'httpSigningMiddleware',
      override: true,
    });
    return iam.send(command, options);
  };
  return { send: send as IAMClient['send'] };
}

/** Returns what the SDK's signing asks its client for, but with the session's signer. */
function sessionConfig({ config }: IAMClient, credentials: SessionCredentials): SigningConfig {
  const signers = new Map<string, SignatureV4>();
  const signerFor = (region: string) => {
    const signer =
      signers.get(region) ??
      new SignatureV4({ credentials, region, service: 'iam', sha256: config.sha256, applyChecksum: false });
    signers.set(region, signer);
    return signer;
  };
  return {
    signer: async (scheme) => signerFor(scheme?.signingRegion ?? (await config.region())),
    // Learnt from the answers of any session: it is this machine's clock.
    get systemClockOffset() {
      return config.systemClockOffset;
    },
    set systemClockOffset(offset) {
      config.systemClockOffset = offset;
    },
  };
}

function signingMiddleware(config: SigningConfig) {
  return (next: (args: object) => Promise<object>, { __smithy_context: signing }: SigningContext) =>
    (args: object) => {
      const { httpAuthOption } = signing.selectedHttpAuthScheme;
      signing.selectedHttpAuthScheme = {
        ...signing.selectedHttpAuthScheme,
        httpAuthOption: {
          ...httpAuthOption,
          signingProperties: { ...httpAuthOption.signingProperties, config },
        },
      };
      return next(args);
    };
}
