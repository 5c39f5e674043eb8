/** A mark that Markdown knows, around what is selected or before its lines. */
export interface Mark {
  readonly label: string;
  readonly sign: string;
  /** Pressed with Ctrl or ⌘. */
  readonly key?: string;
  readonly around?: readonly [string, string];
  readonly before?: string;
}

export const MARKS: readonly Mark[] = [
  { label: $localize`Bold`, sign: 'B', key: 'b', around: ['**', '**'] },
  { label: $localize`Italic`, sign: 'I', key: 'i', around: ['*', '*'] },
  { label: $localize`Link`, sign: $localize`Link`, key: 'k', around: ['[', '](https://)'] },
  { label: $localize`Code`, sign: '<>', around: ['`', '`'] },
  { label: $localize`Heading`, sign: 'H', before: '## ' },
  { label: $localize`List`, sign: '•', before: '- ' },
  { label: $localize`Quote`, sign: '❝', before: '> ' },
];

/** The text with the mark set, and what is selected then. */
export function mark(
  text: string,
  start: number,
  end: number,
  { around, before }: Mark,
): { readonly text: string; readonly start: number; readonly end: number } {
  const chosen = text.slice(start, end);
  if (around) {
    const [open, close] = around;
    return {
      text: text.slice(0, start) + open + chosen + close + text.slice(end),
      start: start + open.length,
      end: end + open.length,
    };
  }
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const lines = text.slice(from, end).split('\n');
  const marked = lines.map(line => (before ?? '') + line).join('\n');
  return {
    text: text.slice(0, from) + marked + text.slice(end),
    start: from,
    end: from + marked.length,
  };
}
