const OTHER = 'other';

/**
 * What a text is called in a label: itself, as long as it looks like a name and not too many were seen. Every value of a
 * label is a time series that a collector keeps forever, and account IDs do not belong in metrics.
 */
export function boundedLabel(max = 60): (text: string) => string {
  const seen = new Set<string>();
  return (text) => {
    if (!/^[A-Za-z][\w.:-]{0,60}$/.test(text) || /\d{12}/.test(text)) return OTHER;
    if (!seen.has(text) && seen.size >= max) return OTHER;
    seen.add(text);
    return text;
  };
}
