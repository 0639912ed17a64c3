import type { ImageBlock, ImageElement } from '@slack/types';
import { useState } from 'preact/hooks';

/** An image; one on another server is not fetched, and its description is shown instead. */
export function Image({
  image,
  shape,
}: {
  readonly image: ImageElement | ImageBlock;
  readonly shape: 'block' | 'accessory' | 'context';
}) {
  const [isBroken, setBroken] = useState(false);
  const source = 'image_url' in image ? image.image_url : fileSource(image.slack_file);
  if (!source || !isLocal(source) || isBroken) {
    return (
      <span
        class={`image image--${shape} image--missing`}
        role="img"
        aria-label={image.alt_text}
        title={image.alt_text}
      >
        {shape === 'context' ? image.alt_text.trim().charAt(0).toUpperCase() || '·' : image.alt_text}
      </span>
    );
  }
  return (
    <img class={`image image--${shape}`} src={source} alt={image.alt_text} onError={() => setBroken(true)} />
  );
}

function fileSource(file: { readonly id: string } | { readonly url: string }): string {
  return 'id' in file ? `/_ui/file/${encodeURIComponent(file.id)}` : file.url;
}

function isLocal(source: string): boolean {
  return source.startsWith('data:image/') || new URL(source, location.href).origin === location.origin;
}
