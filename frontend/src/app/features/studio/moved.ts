/** The rows with that one at another place. */
export function moved<Row>(rows: readonly Row[], from: number, to: number): readonly Row[] {
  const others = rows.filter((_, index) => index !== from);
  return [...others.slice(0, to), ...rows.slice(from, from + 1), ...others.slice(to)];
}
