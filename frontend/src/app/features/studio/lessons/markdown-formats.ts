/** A Markdown format that wraps the selected text or prefixes its lines. */
export interface MarkdownFormat {
  readonly label: string;
  readonly symbol: string;
  /** The keyboard shortcut, together with Ctrl or ⌘. */
  readonly key?: string;
  readonly wrap?: readonly [string, string];
  readonly linePrefix?: string;
}

export const MARKDOWN_FORMATS: readonly MarkdownFormat[] = [
  { label: $localize`Bold`, symbol: 'B', key: 'b', wrap: ['**', '**'] },
  { label: $localize`Italic`, symbol: 'I', key: 'i', wrap: ['*', '*'] },
  { label: $localize`Link`, symbol: $localize`Link`, key: 'k', wrap: ['[', '](https://)'] },
  { label: $localize`Code`, symbol: '<>', wrap: ['`', '`'] },
  { label: $localize`Heading`, symbol: 'H', linePrefix: '## ' },
  { label: $localize`List`, symbol: '•', linePrefix: '- ' },
  { label: $localize`Quote`, symbol: '❝', linePrefix: '> ' },
];

/** Returns the formatted text and the new selection. */
export function formatSelection(
  text: string,
  start: number,
  end: number,
  { wrap, linePrefix }: MarkdownFormat,
): { readonly text: string; readonly start: number; readonly end: number } {
  const selected = text.slice(start, end);
  if (wrap) {
    const [open, close] = wrap;
    return {
      text: text.slice(0, start) + open + selected + close + text.slice(end),
      start: start + open.length,
      end: end + open.length,
    };
  }
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const lines = text.slice(from, end).split('\n');
  const prefixed = lines.map(line => (linePrefix ?? '') + line).join('\n');
  return {
    text: text.slice(0, from) + prefixed + text.slice(end),
    start: from,
    end: from + prefixed.length,
  };
}
