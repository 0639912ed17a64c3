import { useEffect, useState } from 'preact/hooks';
import type { UiFile } from '../ui-contract.ts';
import { Icon } from './icons.tsx';

const PREVIEW_UP_TO = 256_000;
const PREVIEW_LINES = 6;

/** A file that came with a message: its name, its first lines where it is text, and a way to keep it. */
export function FileCard({ file }: { readonly file: UiFile }) {
  const kind = file.name.split('.').at(-1)?.toLowerCase() ?? '';
  const lines = usePreview(file, ['csv', 'json', 'txt', 'md', 'yml', 'yaml', 'log'].includes(kind));
  return (
    <div class="file-card" data-testid="file" data-file-id={file.id}>
      <div class="file-card__head">
        <span class={`file-card__icon file-card__icon--${kind}`}>
          <Icon name="file" size={20} />
        </span>
        <span class="file-card__name">
          <strong>{file.title || file.name}</strong>
          <span class="quiet">
            {kind.toUpperCase()} · {sizeInWords(file.size)}
          </span>
        </span>
        <a
          class="icon-button"
          href={file.url}
          download={file.name}
          aria-label={`Download ${file.name}`}
          title="Download"
        >
          <Icon name="download" />
        </a>
      </div>
      {lines.length > 0 && <pre class="file-card__preview">{lines.join('\n')}</pre>}
    </div>
  );
}

function usePreview({ url, size }: UiFile, isText: boolean): readonly string[] {
  const [lines, setLines] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!isText || size > PREVIEW_UP_TO) return;
    const stop = new AbortController();
    fetch(url, { signal: stop.signal })
      .then((response) => (response.ok ? response.text() : ''))
      .then((text) => setLines(text.split(/\r?\n/).filter(Boolean).slice(0, PREVIEW_LINES)))
      // No preview is no loss: the file itself can still be downloaded.
      .catch(() => undefined);
    return () => stop.abort();
  }, [url, size, isText]);
  return lines;
}

function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
