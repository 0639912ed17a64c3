import type { WebClient } from '@slack/web-api';
import { isPlatformError } from './slack-errors.ts';
import type { Markup } from './views/shared/blocks.ts';

/** A file to send. */
export interface OutgoingFile {
  readonly name: string;
  readonly content: Buffer;
}

/** Why Slack did not accept a file. */
export type UploadRefusal = 'missing-scope' | 'too-large' | 'not-allowed' | 'storage-full' | 'unreachable';

export type UploadOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly because: UploadRefusal; readonly error: unknown };

/** Sends files to a person, in one direct message with a comment. */
export async function sendFiles(
  client: WebClient,
  userId: string,
  files: readonly OutgoingFile[],
  comment: Markup,
): Promise<UploadOutcome> {
  const { channel } = await client.conversations.open({ users: userId });
  try {
    await client.files.uploadV2({
      channel_id: channel?.id ?? '',
      initial_comment: comment.markup,
      file_uploads: files.map(({ name, content }) => ({ file: content, filename: name })),
    });
    return { kind: 'sent' };
  } catch (error) {
    return { kind: 'refused', because: uploadRefusalOf(error), error };
  }
}

/** https://docs.slack.dev/reference/methods/files.getUploadURLExternal#errors */
const REFUSAL_BY_ERROR: Readonly<Record<string, UploadRefusal>> = {
  missing_scope: 'missing-scope',
  no_permission: 'missing-scope',
  file_upload_size_restricted: 'too-large',
  file_too_large: 'too-large',
  file_uploads_disabled: 'not-allowed',
  file_uploads_except_images_disabled: 'not-allowed',
  file_type_not_allowed: 'not-allowed',
  access_denied: 'not-allowed',
  ekm_access_denied: 'not-allowed',
  restricted_action: 'not-allowed',
  storage_limit_reached: 'storage-full',
};
const CONTENT_TOO_LARGE = 413;

function uploadRefusalOf(error: unknown): UploadRefusal {
  if (isPlatformError(error)) return REFUSAL_BY_ERROR[error.data.error] ?? 'unreachable';
  return (error as { statusCode?: unknown } | null)?.statusCode === CONTENT_TOO_LARGE
    ? 'too-large'
    : 'unreachable';
}
