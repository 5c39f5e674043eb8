/** Elements in which keys have a meaning of their own. */
const CONTROLS =
  'input, select, textarea, summary, iframe, pre, table, [contenteditable], [role=dialog], [role=menu], [tabindex="0"]';
const LETTERS: Readonly<Record<string, number>> = { j: 1, k: -1 };
const ARROWS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

/** Returns 1 if the key opens the next lesson, -1 for the previous one, and 0 for neither. */
export function lessonStep(event: KeyboardEvent, direction: string): number {
  const hasModifier = [event.altKey, event.ctrlKey, event.metaKey, event.shiftKey].includes(true);
  const isInControl = event.target instanceof Element && event.target.closest(CONTROLS) !== null;
  if (event.defaultPrevented || event.repeat || hasModifier || isInControl) return 0;
  const forward = direction === 'rtl' ? -1 : 1;
  return LETTERS[event.key.toLowerCase()] ?? forward * (ARROWS[event.key] ?? 0);
}
